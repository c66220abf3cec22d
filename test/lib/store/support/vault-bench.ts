import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { MemoryDisk } from '../../../../lib/testing/memory-disk';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { type FileVault, openVault, type VaultOptions } from '../../../../lib/store/vault/file-vault';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { SlotRef } from '../../../../lib/store/vault/secret-vault';
import type { Store } from '../../../../lib/store/store';
import { silentLogger } from '../../../../lib/types';
import { CountingDisk } from './counting-disk';

export const VAULT_PATH = '/data/vault';

/** A vault on a disk and a store in memory, which can crash and be opened again. */
export class VaultBench {
  readonly memory = new MemoryDisk();
  disk = new CountingDisk(this.memory);
  readonly time = new SimulatedTime();
  readonly volume = new MemoryVolume();
  readonly warnings: string[] = [];
  readonly random: SeededRandom;
  store: Store;

  constructor(seed: number | string = 1) {
    this.random = new SeededRandom(`vault ${seed}`);
    this.store = openMemoryStore(this.volume);
  }

  async open(options: Partial<VaultOptions> = {}): Promise<FileVault> {
    await this.memory.makeFolder('/data');
    const log = { ...silentLogger, warn: (text: string) => this.warnings.push(text) };
    const { disk, store, random } = this;
    const crypto = createPortableProvider();
    const timers = this.time.timers;
    return openVault({ disk, path: VAULT_PATH, store, random, crypto, timers, log, prepared: 8, ...options });
  }

  /** Ends store and disk as a power cut does, then opens the store again. */
  crash(random?: SeededRandom): void {
    this.kill(random);
    this.memory.crash(random);
  }

  /** Ends the process: what it wrote without a sync can still be read, and still be lost. */
  kill(random?: SeededRandom): void {
    this.disk.failing = 'EIO';
    this.disk = new CountingDisk(this.memory);
    this.volume.crash(random);
    this.store = openMemoryStore(this.volume);
  }

  /** Lets everything that is ready run. */
  idle(): Promise<void> {
    return this.time.advance(0);
  }

  async erase(vault: FileVault, ...refs: SlotRef[]): Promise<void> {
    const batch = this.store.batch();
    vault.erase(batch, refs);
    await batch.commit();
  }

  async file(): Promise<Buffer> {
    return Buffer.from((await this.memory.readFile(VAULT_PATH)) ?? []);
  }

  async onDisk(secret: Uint8Array): Promise<boolean> {
    return (await this.file()).includes(Buffer.from(secret));
  }
}
