import type { ReceiptCode } from '../../protocol/codes';
import type { Store, WriteBatch } from '../../store/store';
import { bareBytes, readSequence, SEQUENCE_BYTES, sequenceKey, Table } from '../../store/table';
import type { PublicKey } from '../../types';
import { MEMORY_AFTER_LIFE } from '../client-limits';

const NOTHING = new Uint8Array();

/** A key that opened a message and is gone. */
export interface TagTombstone {
  readonly storageId: Uint8Array;
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  /** The first answer; receipts repeat it. */
  readonly code: ReceiptCode;
  /** It is never receipted: it was itself mail of receipts. */
  readonly silent?: true;
}

/**
 * What we consumed, remembered for the envelope's lifetime and 30 days: by tag, so that another copy of the
 * same envelope is known, and by (sender, message id), so that a resealed message is not handed over twice.
 */
export class Tombstones {
  readonly #ages: { now(): number };
  readonly #byTag: Table<TagTombstone>;
  /** `until`: the age at which the last of its tombstones may go. */
  readonly #byMessage: Table<{ code: ReceiptCode; until: number }>;
  /** Keys: age at which the tombstone may go, then its tag. */
  readonly #expiry: Table<Uint8Array>;

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#byTag = new Table(parts.store, 'tombstone-tag');
    this.#byMessage = new Table(parts.store, 'tombstone-message');
    this.#expiry = new Table(parts.store, 'tombstone-expiry', bareBytes);
  }

  findTag(tag: Uint8Array): TagTombstone | undefined {
    return this.#byTag.get(tag);
  }

  /** The code of the first answer to this message of this sender. */
  findMessage(sender: PublicKey, messageId: Uint8Array): ReceiptCode | undefined {
    return this.#byMessage.get(sender, messageId)?.code;
  }

  add(writes: WriteBatch, tag: Uint8Array, tombstone: TagTombstone, lifetime: number): void {
    const { sender, messageId, code } = tombstone;
    const until = this.#ages.now() + lifetime + MEMORY_AFTER_LIFE;
    this.#byTag.put(writes, [tag], tombstone);
    const last = Math.max(until, this.#byMessage.get(sender, messageId)?.until ?? 0);
    this.#byMessage.put(writes, [sender, messageId], { code, until: last });
    this.#expiry.put(writes, [sequenceKey(until), tag], NOTHING);
  }

  /** The message was lost here before anybody heard of it: it may come again. */
  withdraw(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    this.#byMessage.delete(writes, [sender, messageId]);
  }

  expire(writes: WriteBatch): void {
    const now = this.#ages.now();
    for (const { rest } of this.#expiry.entries()) {
      if (readSequence(rest) >= now) break;
      this.#expiry.delete(writes, [rest]);
      const tag = rest.subarray(SEQUENCE_BYTES);
      const tombstone = this.#byTag.get(tag);
      if (tombstone === undefined) continue;
      this.#byTag.delete(writes, [tag]);
      // A message that came again, sealed to another key, is remembered as long as the last of its envelopes.
      const { sender, messageId } = tombstone;
      const message = this.#byMessage.get(sender, messageId);
      if (message !== undefined && message.until < now) this.#byMessage.delete(writes, [sender, messageId]);
    }
  }
}
