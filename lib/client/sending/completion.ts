import { toHex } from '../../bytes';
import type { IssuedKeys } from '../../forward-security/issued-keys';
import type { CodeWord } from '../../protocol/codes';
import type { Store, WriteBatch } from '../../store/store';
import type { PublicKey, Via } from '../../types';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { OutcomeJournal } from '../journal/outcome-journal';
import type { ServiceMail } from '../journal/service-mail';

export interface CompletionParts {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly outcomes: OutcomeJournal;
  readonly mail: ServiceMail;
  readonly issued: IssuedKeys;
  readonly ages: { now(): number };
  /** Copies wanted of each message. */
  readonly wanted: number;
  /** Something left the outbox. */
  readonly onFinished: () => void;
}

/**
 * Ends messages: each ending is one durable batch with the removal from the outbox. Callers are in the queue of
 * the message's friend.
 */
export class Completion {
  readonly #o: CompletionParts;

  constructor(parts: CompletionParts) {
    this.#o = parts;
  }

  /** The recipient has it, or refused it for good: what an answer to deliver or a receipt says. */
  answered(writes: WriteBatch, entry: OutboxEntry, code: CodeWord, via: Via): void {
    if (code === 'ok' || code === 'known') this.#end(writes, entry, { state: 'delivered', via });
    else this.#end(writes, entry, { state: 'failed', code });
  }

  failed(writes: WriteBatch, entry: OutboxEntry, code: string): void {
    this.#end(writes, entry, { state: 'failed', code });
  }

  /** A receipt: for a message under way, for one whose life is over, or for one we don't know. */
  receipt(writes: WriteBatch, friend: PublicKey, messageId: Uint8Array, code: CodeWord): void {
    const entry = this.#o.outbox.find(friend, messageId);
    if (entry !== undefined) this.answered(writes, entry, code, entry.stored ? 'stored' : 'direct');
    else if (!this.#keysAnswered(writes, friend, messageId, code) && code === 'ok')
      this.#o.outcomes.confirmLate(writes, friend, messageId);
  }

  /** A receipt of keys by mail acknowledges their batch, or refuses it. */
  #keysAnswered(writes: WriteBatch, friend: PublicKey, messageId: Uint8Array, code: CodeWord): boolean {
    const { mail, issued } = this.#o;
    const content = mail.answered(writes, friend, messageId, code === 'ok');
    if (content?.kind !== 'keys') return false;
    if (content.batch === undefined) return true;
    if (code === 'ok') issued.acknowledgeMailed(writes, friend, content.batch);
    else issued.refuse(writes, friend, content.batch);
    return true;
  }

  /** Ends the messages whose life is over. */
  async expire(friend: PublicKey): Promise<void> {
    const { outbox, store, ages } = this.#o;
    const over = outbox.of(friend).filter((entry) => entry.acceptedAt + entry.lifetime <= ages.now());
    if (over.length === 0) return;
    const writes = store.batch();
    for (const entry of over) this.#end(writes, entry, { state: entry.stored ? 'unconfirmed' : 'expired' });
    await writes.commit();
  }

  /** Friends with messages whose life is over. */
  due(): PublicKey[] {
    const now = this.#o.ages.now();
    const friends = new Map<string, PublicKey>();
    for (const { acceptedAt, lifetime, friend } of this.#o.outbox.entries()) {
      if (acceptedAt + lifetime <= now) friends.set(toHex(friend), friend);
    }
    return [...friends.values()];
  }

  #end(
    writes: WriteBatch,
    entry: OutboxEntry,
    ending: { state: 'delivered' | 'failed' | 'unconfirmed' | 'expired'; via?: Via; code?: string },
  ): void {
    const { outbox, outcomes, wanted, onFinished } = this.#o;
    outbox.remove(writes, entry);
    outcomes.finish(writes, entry, { ...ending, nodes: entry.copies.length, wanted });
    writes.afterCommit(onFinished);
  }
}

/** One receipt for each message, the first: a list that names one twice must not end it twice. */
export function firstOfEach<R extends { readonly messageId: Uint8Array }>(receipts: readonly R[]): R[] {
  const first = new Map<string, R>();
  for (const receipt of receipts) {
    const hex = toHex(receipt.messageId);
    if (!first.has(hex)) first.set(hex, receipt);
  }
  return [...first.values()];
}
