import { toHex } from '../../../../../lib/bytes';
import { generateKeyPair } from '../../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../../lib/crypto/providers/portable';
import { Placement } from '../../../../../lib/client/storage-nodes/placement';
import { StorageNodes } from '../../../../../lib/client/storage-nodes/storage-nodes';
import { SeededRandom, SimulatedTime } from '../../../../../lib/testing/simulated-platform';
import { nodeHint } from '../../../../../lib/protocol/names';
import { MemoryVolume, openMemoryStore } from '../../../../../lib/testing/memory-store';
import type { Store } from '../../../../../lib/store/store';
import { silentLogger, type PublicKey } from '../../../../../lib/types';

const crypto = createPortableProvider();
const random = new SeededRandom('storage nodes');

/** A key of nobody. */
export const key = (): PublicKey => generateKeyPair(crypto, random).publicKey;
export const stores = { acceptsStores: true, openNode: false };
export const storesNot = { acceptsStores: false, openNode: false };
export const hex = (keys: Iterable<Uint8Array>): string[] => [...keys].map(toHex);

/** What we know of storage nodes, on a store in memory and in simulated time. */
export class NodesBench {
  readonly identity = generateKeyPair(crypto, random);
  readonly self = this.identity.publicKey;
  readonly recipient = key();
  readonly store: Store = openMemoryStore(new MemoryVolume());
  readonly time = new SimulatedTime();
  /** Friends who are there now, in hex. */
  readonly connected = new Set<string>();
  readonly warnings: string[] = [];
  /** Our Tox address, if we are an open node. */
  ownAddress: Uint8Array | undefined;
  nodes: StorageNodes;

  constructor() {
    this.nodes = this.open();
  }

  /** What is known after a start. */
  open(): StorageNodes {
    return new StorageNodes({
      crypto,
      clock: this.time.clock,
      random,
      ages: { now: () => this.time.clock.monotonic() / 1000 },
      store: this.store,
      identity: this.identity,
      ownAddress: () => this.ownAddress,
      connected: (peer) => this.connected.has(toHex(peer)),
      log: { ...silentLogger, warn: (text) => this.warnings.push(text) },
    });
  }

  /** Makes durable what was written so far. */
  async persist(): Promise<void> {
    await this.store
      .batch()
      .put(new Uint8Array([1]), new Uint8Array())
      .commit();
  }

  /** The hint by which the owner of a mailbox says that it polls this peer. */
  hint(peer: PublicKey, mailbox = this.recipient): Uint8Array {
    return nodeHint(crypto, mailbox, peer);
  }

  /** In the order that our secret gives them for the recipient, whatever else is known of them. */
  ordered(peers: PublicKey[]): PublicKey[] {
    const placement = new Placement({ crypto, identity: this.identity });
    const candidates = peers.map((peer) => ({ peer, polled: false, grade: 0, hadCopy: false }) as const);
    return placement.sort(this.recipient, [...candidates]).map(({ peer }) => peer);
  }

  /** Connected friends who store mail. */
  meet(count: number): PublicKey[] {
    return Array.from({ length: count }, () => {
      const peer = key();
      this.connected.add(toHex(peer));
      this.nodes.noteSession(peer, stores);
      return peer;
    });
  }
}
