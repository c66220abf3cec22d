import { copyOf, sameBytes } from '../../../bytes';
import { PeerMap, PeerSet } from '../../../peer-map';
import type { WriteBatch } from '../../../store/store';
import { readSequence, SEQUENCE_BYTES, sequenceKey, Table } from '../../../store/table';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';

/** Who has the head of a large message: its friend, or a node, which has it since the age of its copy. */
export interface HeadHolder {
  readonly peer: PublicKey;
  /** Age of the copy, seconds; 0 for the friend. */
  readonly since: number;
}

interface Progress {
  /** Storage id of the head that the peer has. */
  readonly head: Uint8Array;
  readonly since: number;
  /** A bit for each chunk that the peer has. */
  readonly bits: Uint8Array;
  /** Age at which it drops the first of them. */
  until: number;
}

/** Of a large message that is under way. */
type LargeEntry = Pick<OutboxEntry, 'sequence' | 'sealed' | 'large'>;

export interface ChunkProgressComponents extends Pick<BaseComponents, 'store'> {
  readonly outbox: Pick<Outbox, 'entries'>;
}

/**
 * Which chunks of large messages the friend and the nodes confirmed. Known at once, and durable a little later, many at a
 * time: what a crash forgets is offered once more and answered `known`. It counts only as long as the peer's head is the
 * present one: with a head that is sealed anew, or renewed at a node, all chunks go again.
 */
export class ChunkProgress {
  readonly #store: ChunkProgressComponents['store'];
  readonly #outbox: ChunkProgressComponents['outbox'];
  readonly #records: Table<Progress>;
  readonly #known = new Map<number, PeerMap<Progress>>();
  /** Changed since they were last written. */
  readonly #dirty = new Map<number, PeerSet>();
  #saving: Promise<void> | undefined;

  constructor({ store, outbox }: ChunkProgressComponents) {
    this.#store = store;
    this.#outbox = outbox;
    this.#records = new Table(store, 'outbox-chunks');
    for (const { rest, record } of this.#records.entries()) {
      this.#peersOf(readSequence(rest)).set(rest.slice(SEQUENCE_BYTES), record);
    }
  }

  has(entry: LargeEntry, holder: HeadHolder, index: number): boolean {
    const { bits } = this.#of(entry, holder) ?? {};
    return ((bits?.[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  /** Whether it has all chunks. */
  isWhole(entry: LargeEntry, holder: HeadHolder): boolean {
    const chunks = entry.large?.chunks ?? 0;
    for (let index = 0; index < chunks; index++) if (!this.has(entry, holder, index)) return false;
    return true;
  }

  /** Of its pieces, the head included, the most that one peer has. */
  mostOf(entry: LargeEntry & Pick<OutboxEntry, 'copies'>): number {
    const chunksOf = ({ head, bits }: Progress) =>
      entry.sealed !== undefined && sameBytes(head, entry.sealed.storageId) ? bitsIn(bits) : 0;
    const most = Math.max(0, ...[...(this.#known.get(entry.sequence)?.values() ?? [])].map(chunksOf));
    return most > 0 || entry.copies.length > 0 ? most + 1 : 0;
  }

  /** Age at which the first of its chunks is dropped there. */
  until(entry: LargeEntry, holder: HeadHolder): number {
    return this.#of(entry, holder)?.until ?? Infinity;
  }

  /**
   * It confirmed a chunk.
   * @param until age at which it drops it
   */
  note(entry: LargeEntry, holder: HeadHolder, index: number, until = Infinity): void {
    if (entry.sealed === undefined || entry.large === undefined) return;
    let progress = this.#of(entry, holder);
    if (progress === undefined) {
      const bits = new Uint8Array(Math.ceil(entry.large.chunks / 8));
      progress = { head: entry.sealed.storageId, since: holder.since, bits, until };
      this.#peersOf(entry.sequence).set(holder.peer, progress);
    }
    progress.bits[index >> 3] = (progress.bits[index >> 3] ?? 0) | (1 << (index & 7));
    progress.until = Math.min(progress.until, until);
    const dirty = this.#dirty.get(entry.sequence) ?? new PeerSet();
    this.#dirty.set(entry.sequence, dirty.add(holder.peer));
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
  }

  /** Nobody counts as having a chunk: the friend lost its own, or the message ended. */
  clear(writes: WriteBatch, { sequence }: Pick<OutboxEntry, 'sequence'>, peer?: PublicKey): void {
    const peers = this.#known.get(sequence);
    const key = sequenceKey(sequence);
    // The disk may have what memory has not: a batch that was to delete it was refused.
    const onDisk = [...this.#records.entries(key)].map(({ rest }) => copyOf(rest));
    for (const each of peer ? [peer] : new PeerSet([...(peers?.keys() ?? []), ...onDisk]).values()) {
      this.#records.delete(writes, [key, each]);
      peers?.delete(each);
    }
    if (peers?.size === 0) this.#known.delete(sequence);
  }

  /** Drops what belongs to no message any more. @returns Infinity: nothing of it ends with time */
  expire(writes: WriteBatch): number {
    const alive = new Set(this.#outbox.entries().map(({ sequence }) => sequence));
    const onDisk = [...this.#records.entries()].map(({ rest }) => readSequence(rest));
    for (const sequence of new Set([...this.#known.keys(), ...onDisk])) {
      if (!alive.has(sequence)) this.clear(writes, { sequence });
    }
    return Infinity;
  }

  /** Resolves when what is known is durable, or the disk refused it. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(): Promise<void> {
    // Answers that arrive together are written together.
    await Promise.resolve();
    while (this.#dirty.size > 0) {
      const writes = this.#store.batch();
      for (const [sequence, peers] of this.#dirty) {
        for (const peer of peers) {
          const progress = this.#known.get(sequence)?.get(peer);
          if (progress) this.#records.put(writes, [sequenceKey(sequence), peer], progress);
        }
      }
      this.#dirty.clear();
      // A disk that refuses it costs no more than a crash would.
      await writes.commit().catch(() => undefined);
    }
  }

  #of({ sequence, sealed }: LargeEntry, { peer, since }: HeadHolder): Progress | undefined {
    const progress = this.#known.get(sequence)?.get(peer);
    if (progress === undefined || sealed === undefined || progress.since !== since) return undefined;
    return sameBytes(progress.head, sealed.storageId) ? progress : undefined;
  }

  #peersOf(sequence: number): PeerMap<Progress> {
    const peers = this.#known.get(sequence) ?? new PeerMap<Progress>();
    this.#known.set(sequence, peers);
    return peers;
  }
}

function bitsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let bit = byte; bit > 0; bit >>= 1) count += bit & 1;
  return count;
}
