import { ByteMap } from '../../byte-map';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import type { OwedDeletes } from '../journal/owed-deletes';

/** Mail under an unknown tag is deleted when it stayed unknown this long, seconds. */
const UNKNOWN_AGE = 3600;
/** Unknown mail remembered; it is forgotten when no node can still hold it, seconds. */
const MAX_UNKNOWN = 50_000;
const UNKNOWN_MEMORY = 25 * 3600;

/** Mail on nodes that no key of ours opens. A restored owner may know the tag again, so it is kept for an hour. */
export class UnknownMail {
  readonly #ages: { now(): number };
  readonly #deletes: OwedDeletes;
  /** Storage id -> age at which it was first seen. */
  readonly #since = new ByteMap<number>();

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
    if (now - since < UNKNOWN_AGE) return;
    this.#since.delete(storageId);
    this.#deletes.owe(writes, node, storageId);
  }

  forgetOld(): void {
    const oldest = this.#ages.now() - UNKNOWN_MEMORY;
    for (const [id, since] of this.#since) if (since < oldest) this.#since.delete(id);
  }
}
