import { ByteMap } from '../../byte-map';
import { PeerMap } from '../../peer-map';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import type { OwedDeletes } from '../journal/owed-deletes';

/** Mail under an unknown tag is deleted when it stayed unknown this long, seconds. */
const UNKNOWN_AGE = 3600;
/** Unknown mail remembered; it is forgotten when no node can still hold it, seconds. */
const MAX_UNKNOWN = 50_000;
const UNKNOWN_MEMORY = 25 * 3600;

/**
 * Mail on nodes that no key of ours opens. A restored owner may know the tag again, so it is kept for an hour. And it may
 * be a chunk whose head has no room here yet: while any mail has to stay at a node for want of room, and for an hour
 * after, none is deleted.
 */
export class UnknownMail {
  readonly #ages: { now(): number };
  readonly #deletes: OwedDeletes;
  /** Storage id -> age at which it was first seen. */
  readonly #since = new ByteMap<number>();
  /** Nodes at which mail stays for want of room, and the age at which that was seen last. */
  readonly #crowded = new PeerMap<number>();
  #roomSince = -Infinity;

  constructor(parts: { ages: { now(): number }; deletes: OwedDeletes }) {
    this.#ages = parts.ages;
    this.#deletes = parts.deletes;
  }

  /** It was met on `node`, perhaps again. */
  note(writes: WriteBatch, node: PublicKey, storageId: Uint8Array): void {
    const now = this.#ages.now();
    const since = this.#since.get(storageId) ?? now;
    if (since === now && this.#since.size >= MAX_UNKNOWN) return;
    this.#since.set(storageId, since);
    if (now - since < UNKNOWN_AGE || this.#mayBeWanted(now)) return;
    this.#since.delete(storageId);
    this.#deletes.owe(writes, node, storageId);
  }

  /** Whether mail had to stay at `node`, which was just read from the beginning to the end, or in part. */
  noteVisit(
    node: PublicKey,
    { stays, isWhole }: { readonly stays: boolean; readonly isWhole: boolean },
  ): void {
    const now = this.#ages.now();
    if (stays) this.#crowded.set(node, now);
    else if (isWhole && this.#crowded.delete(node)) this.#roomSince = now;
  }

  /** The peer is no longer a friend: what stays there is out of reach. */
  forget(node: PublicKey): void {
    this.#crowded.delete(node);
  }

  forgetOld(): void {
    const oldest = this.#ages.now() - UNKNOWN_MEMORY;
    for (const [id, since] of this.#since) if (since < oldest) this.#since.delete(id);
    for (const [node, at] of this.#crowded) if (at < oldest) this.#crowded.delete(node);
  }

  #mayBeWanted(now: number): boolean {
    return this.#crowded.size > 0 || now - this.#roomSince < UNKNOWN_AGE;
  }
}
