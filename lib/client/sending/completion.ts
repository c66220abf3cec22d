import { ByteMap } from '../../byte-map';
import { sameBytes } from '../../bytes';
import type { IssuedKeys } from '../../forward-security/issued/issued-keys';
import type { CodeWord } from '../../protocol/codes';
import { ID_START_BYTES, type KeyedReceipt } from '../../protocol/keys/mail-receipts';
import type { WriteBatch } from '../../store/store';
import type { PublicKey, Via } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { isOverdue, reachedNodes } from '../journal/outgoing/outbox-record';
import type { OutcomeJournal } from '../journal/outgoing/outcome-journal';
import type { ServiceMail } from '../journal/service-mail';
import type { Outcome } from '../messages';
import type { Wakeup } from '../wakeup';
import type { StorageNodes } from '../storage-nodes/storage-nodes';

export interface CompletionComponents extends Pick<BaseComponents, 'store' | 'ages'> {
  readonly outbox: Pick<Outbox, 'find' | 'findByKey' | 'of' | 'remove' | 'valuesLike'>;
  readonly outcomes: Pick<OutcomeJournal, 'confirmLate' | 'finish' | 'overdue' | 'unconfirmedBy'>;
  readonly mail: Pick<ServiceMail, 'answered' | 'findByKey'>;
  readonly forwardSecurity: { readonly issued: Pick<IssuedKeys, 'acknowledgeMailed' | 'refuse'> };
  readonly nodes: Pick<StorageNodes, 'noteHeard' | 'noteUnconfirmed'> & {
    readonly holds: Pick<StorageNodes['holds'], 'noteFetched'>;
  };
  readonly wakeup: Pick<Wakeup, 'friend' | 'message'>;
  readonly hooks: Pick<AsyncClientHooks, 'onEnded'>;
}

type Ending = Pick<Outcome, 'via' | 'code' | 'mayArrive'> & {
  readonly state: 'delivered' | 'failed' | 'unconfirmed' | 'expired' | 'cancelled';
};

export interface CompletionInit {
  /** Copies wanted of each message. */
  readonly wanted: number;
}

/**
 * Ends messages: each ending is one durable batch with the removal from the outbox. Callers are in the queue of
 * the message's friend.
 */
export class Completion {
  readonly #components: CompletionComponents;
  readonly #wanted: number;

  constructor(components: CompletionComponents, init: CompletionInit) {
    this.#components = components;
    this.#wanted = init.wanted;
  }

  /** The recipient has it, or refused it for good: what an answer to deliver or a receipt says. */
  answered(writes: WriteBatch, entry: OutboxEntry, code: CodeWord, via: Via): void {
    if (code === 'ok' || code === 'known') this.#end(writes, entry, { state: 'delivered', via });
    else this.#end(writes, entry, { state: 'failed', code });
  }

  failed(writes: WriteBatch, entry: OutboxEntry, code: string): void {
    this.#end(writes, entry, { state: 'failed', code });
  }

  /** It is not wanted any more. `mayArrive`: a part of it left this process. */
  cancelled(writes: WriteBatch, entry: OutboxEntry, more: Pick<Outcome, 'code' | 'mayArrive'>): void {
    this.#end(writes, entry, { state: 'cancelled', ...more });
  }

  /** A receipt: for a message under way, for one whose life is over, or for one we don't know. */
  receipt(writes: WriteBatch, friend: PublicKey, messageId: Uint8Array, code: CodeWord): void {
    this.#components.nodes.noteHeard(friend);
    const entry = this.#components.outbox.find(friend, messageId);
    if (entry !== undefined) this.answered(writes, entry, code, entry.stored ? 'stored' : 'direct');
    else if (!this.#keysAnswered(writes, friend, messageId, code) && code === 'ok')
      this.#components.outcomes.confirmLate(writes, friend, messageId);
  }

  /** The id of the message that a receipt by key means; undefined when we sealed none, or another, to that key. */
  messageBy(friend: PublicKey, { preKeyId, idStart }: KeyedReceipt): Uint8Array | undefined {
    const { outbox, mail, outcomes } = this.#components;
    return [
      outbox.findByKey(friend, preKeyId)?.messageId,
      mail.findByKey(friend, preKeyId)?.messageId,
      outcomes.unconfirmedBy(friend, preKeyId),
    ].find((id) => id !== undefined && sameBytes(id.subarray(0, ID_START_BYTES), idStart));
  }

  /** A receipt of keys by mail acknowledges their batch, or refuses it. */
  #keysAnswered(writes: WriteBatch, friend: PublicKey, messageId: Uint8Array, code: CodeWord): boolean {
    const { mail, forwardSecurity } = this.#components;
    const { issued } = forwardSecurity;
    const content = mail.answered(writes, friend, messageId, code === 'ok');
    if (content?.kind !== 'keys') return false;
    if (code === 'ok') issued.acknowledgeMailed(writes, friend, content.batch);
    else issued.refuse(writes, friend, content.batch);
    return true;
  }

  /** Ends the messages whose life is over. */
  async expire(friend: PublicKey): Promise<void> {
    const { outbox, outcomes, store, ages } = this.#components;
    const over = outbox.of(friend).filter((entry) => entry.acceptedAt + entry.lifetime <= ages.now());
    if (over.length === 0) return;
    const writes = store.batch();
    for (const entry of over) {
      // Its life may be over with that time, or both were while this machine was off.
      if (isOverdue(entry, ages.now())) outcomes.overdue(writes, entry, this.#reached(entry));
      this.#end(writes, entry, { state: entry.stored ? 'unconfirmed' : 'expired' });
    }
    await writes.commit();
  }

  #end(writes: WriteBatch, entry: OutboxEntry, ending: Ending): void {
    const { outbox, outcomes, nodes, wakeup, hooks } = this.#components;
    const { friend, depositedAt, large } = entry;
    outbox.remove(writes, entry);
    outcomes.finish(writes, entry, { ...ending, ...this.#reached(entry) });
    writes.afterCommit(() => {
      if (ending.state === 'unconfirmed' && depositedAt !== undefined)
        nodes.noteUnconfirmed(friend, depositedAt);
      wakeup.message(entry);
      for (const newer of outbox.valuesLike(entry)) wakeup.message(newer);
      const isRoomFreed = ending.via === 'stored' && nodes.holds.noteFetched(friend);
      // After a large message another one has its turn.
      if (isRoomFreed || large) wakeup.friend(friend);
      hooks.onEnded(friend);
    });
  }

  #reached(entry: OutboxEntry): Pick<Outcome, 'nodes' | 'wanted'> {
    return { nodes: reachedNodes(entry, this.#wanted), wanted: this.#wanted };
  }
}

/** One receipt for each message, the first: a list that names one twice must not end it twice. */
export function firstOfEach<R extends { readonly messageId: Uint8Array }>(receipts: readonly R[]): R[] {
  const first = new ByteMap<R>();
  for (const receipt of receipts) first.getOrInsert(receipt.messageId, () => receipt);
  return [...first.values()];
}
