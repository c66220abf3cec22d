import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { ForwardSecurityManager } from '../../../../lib/forward-security/forward-security-manager';
import type { KeyLimits } from '../../../../lib/forward-security/key-limits';
import { MemoryDisk } from '../../../../lib/testing/memory-disk';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { openVault, type FileVault } from '../../../../lib/store/vault/file-vault';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { SlotRef } from '../../../../lib/store/vault/secret-vault';
import type { Store } from '../../../../lib/store/store';
import type { KeyPair } from '../../../../lib/types';

const crypto = chooseCryptoProvider();
export const DAY = 24 * 60 * 60;

/** One side of a pair: its keys on a simulated disk, with an age that the test sets. */
export class KeyPeer {
  readonly keyPair: KeyPair;
  readonly disk = new MemoryDisk();
  readonly volume = new MemoryVolume();
  readonly random: SeededRandom;
  readonly time = new SimulatedTime();
  age = 1000;
  /** Slots of the vault that others than the keys need after a start. */
  otherRefs: () => Iterable<SlotRef> = () => [];
  store!: Store;
  vault!: FileVault;
  fsm!: ForwardSecurityManager;

  constructor(
    seed: string,
    readonly limits: Partial<KeyLimits> = {},
  ) {
    this.random = new SeededRandom(seed);
    this.keyPair = generateKeyPair(crypto, this.random);
  }

  static async open(seed: string, limits?: Partial<KeyLimits>): Promise<KeyPeer> {
    const peer = new KeyPeer(seed, limits);
    await peer.disk.makeFolder('/data');
    await peer.start();
    return peer;
  }

  async start(): Promise<void> {
    const { disk, random, time } = this;
    this.store = openMemoryStore(this.volume);
    this.vault = await openVault({
      disk,
      path: '/data/vault.bin',
      store: this.store,
      random,
      crypto,
      timers: time.timers,
      prepared: 8,
    });
    this.fsm = await ForwardSecurityManager.create({
      crypto,
      random,
      clock: time.clock,
      ages: { now: () => this.age },
      keyPair: this.keyPair,
      store: this.store,
      vault: this.vault,
      limits: this.limits,
    });
    const { issued, held } = this.fsm;
    await this.vault.retainOnly([...issued.refs(), ...held.refs(), ...this.otherRefs()]);
  }

  /** Ends as a killed process does and starts again. */
  async crash(): Promise<void> {
    this.volume.crash();
    this.disk.crash();
    await this.start();
  }

  get pk(): Uint8Array {
    return this.keyPair.publicKey;
  }

  /** Gives `to` a batch of keys and takes the acknowledgement. */
  async giveKeys(to: KeyPeer): Promise<Uint8Array | undefined> {
    const exchange = await this.fsm.exchangePreKeys(to.pk);
    if (exchange === undefined) return undefined;
    const { batch } = await to.fsm.processPreKeyExchange(exchange);
    const writes = this.store.batch();
    this.fsm.issued.acknowledge(writes, to.pk, batch, crypto.sha256(exchange).slice(0, 16));
    await writes.commit();
    return exchange;
  }

  send(to: { readonly pk: Uint8Array }, text: string): Promise<{ envelope: Uint8Array; preKeyId: number }> {
    return this.fsm.sendForwardSecureMessage(to.pk, new TextEncoder().encode(text));
  }

  async read(envelope: Uint8Array): Promise<string> {
    return new TextDecoder().decode((await this.fsm.decryptForwardSecureMessage(envelope)).data);
  }
}

export async function pair(
  seed: string,
  limits?: Partial<KeyLimits>,
): Promise<{ alice: KeyPeer; bob: KeyPeer }> {
  return {
    alice: await KeyPeer.open(`${seed} alice`, limits),
    bob: await KeyPeer.open(`${seed} bob`, limits),
  };
}
