import { sameBytes } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { AsyncManager } from '../../../lib/manager/async-manager';
import type { AsyncManagerOptions } from '../../../lib/manager/options';
import { systemPlatform } from '../../../lib/platform/system/system-platform';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { openMemoryDirectory } from '../../../lib/testing/memory-directory';
import { MemoryVolume } from '../../../lib/testing/memory-store';
import { VirtualNetwork } from '../../../lib/transport/virtual/virtual-network';
import type { Logger } from '../../../lib/types';
import { CountingTransport } from './counting-transport';
import { Party } from './party';

const crypto = chooseCryptoProvider();
/** One trip between two parties, milliseconds: the least that a timer waits. */
export const LATENCY_MS = 1;
/** What goes wrong is seen. */
const log: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

export type PartyOptions = Pick<AsyncManagerOptions, 'limits' | 'storageLimits' | 'storageRole'>;

/** A network in this process, by the machine's own clock. */
export class World {
  readonly #network = new VirtualNetwork({
    timers: systemPlatform.timers,
    random: systemPlatform.random,
    latencyMs: LATENCY_MS,
  });
  readonly #folder: string;
  readonly #parties: Party[] = [];

  /** @param folder of the data directories; it exists */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a party with a store on the disk. It sees nobody before `meet`. */
  open(name: string, options: PartyOptions = {}): Promise<Party> {
    return this.#open(name, { ...options, engine: 'lmdb', dataDir: `${this.#folder}/${name}` });
  }

  /** The same with all in memory: for those of whom there are many. */
  async openInMemory(name: string, options: PartyOptions = {}): Promise<Party> {
    const platform = { ...systemPlatform, disk: new MemoryDisk() };
    const directory = await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() });
    const diskSpace = () => Promise.resolve({ freeBytes: Infinity });
    return this.#open(name, { ...options, platform, directory, diskSpace, dataDir: directory.path });
  }

  /** From now on these two can see each other. */
  meet(one: Party, other: Party): void {
    this.#network.heal(one.key, other.key);
  }

  /** Bytes of all packets that were sent so far. */
  get sentBytes(): number {
    return this.#parties.reduce((sum, { transport }) => sum + transport.sentBytes, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#parties.map(({ manager }) => manager.stop()));
  }

  async #open(name: string, options: AsyncManagerOptions): Promise<Party> {
    const keyPair = generateKeyPair(crypto, systemPlatform.random);
    const transport = new CountingTransport(this.#network.join({ publicKey: keyPair.publicKey, name }));
    for (const { publicKey } of this.#network.members()) {
      if (!sameBytes(publicKey, keyPair.publicKey)) this.#network.partition(keyPair.publicKey, publicKey);
    }
    const manager = await AsyncManager.create({ ...options, keyPair, transport, crypto, log });
    const party = new Party(manager, transport);
    this.#parties.push(party);
    return party;
  }
}
