import { sameBytes, toHex, utf8 } from '../../bytes';
import { MessageType } from '../../constants';
import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import { readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { storageIdOf } from '../../protocol/names';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Tombstones } from '../journal/tombstones';
import type { InboxRoom } from './inbox-room';
import { type Arrival, IntakeBatch, type IntakeBatchComponents } from './intake-batch';
import type { KeyedQueue } from '../../platform/keyed-queue';
import { answer, type Origin, type Received } from './receive-result';
import { TurnBatcher } from './turn-batcher';
import { allocateSlot } from '../../store/vault/slot-box';

const QUIET_MS = 60_000;

export interface ReceiverComponents extends IntakeBatchComponents, Pick<BaseComponents, 'random'> {
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'consume' | 'issued' | 'keyOf' | 'open'>;
  readonly tombstones: Pick<Tombstones, 'add' | 'findMessage' | 'findTag'>;
  readonly queues: KeyedQueue;
  readonly room: Pick<InboxRoom, 'takes' | 'keepFor'>;
  readonly hooks: Pick<AsyncClientHooks, 'onMalformed' | 'onError'>;
}

interface Turn extends Arrival {
  readonly tell: (received: Received) => void;
}

/**
 * Takes envelopes in. A key is consumed only after the message authenticated, in one durable batch with the
 * inbox entry, the tombstone, the owed receipt and the owed delete. What came from one friend while its queue was
 * busy shares a batch.
 */
export class Receiver {
  readonly #components: ReceiverComponents;
  readonly #turns: TurnBatcher<Turn, Received>;
  /** Before this moment of the monotonic clock no further loss is reported. */
  #quietUntil = -Infinity;

  constructor(components: ReceiverComponents) {
    this.#components = components;
    const { queues } = components;
    this.#turns = new TurnBatcher(
      { queues },
      {
        nameOf: ({ envelope }) => toHex(readEnvelopeHeader(envelope).tag),
        take: (arrivals) => this.#take(arrivals),
      },
    );
  }

  /**
   * @param tell hears the result before anything else in the sender's queue runs: what is said to the sender next,
   * such as which keys are alive, comes after the answer
   * @throws ErrStore, ErrLocalStorageFull when the batch cannot be made durable; nothing is consumed then
   */
  async receive(
    envelope: Uint8Array,
    origin: Origin,
    tell: (received: Received) => void = () => undefined,
  ): Promise<Received> {
    const key = this.#components.forwardSecurity.keyOf(envelope);
    if (typeof key !== 'string' && (origin.via === 'stored' || sameBytes(origin.peer, key.peer))) {
      return this.#turns.add(key.peer, { envelope, origin, tell });
    }
    const received = this.#withoutKey({ envelope, origin }, typeof key === 'string' ? key : 'others');
    tell(received);
    return received;
  }

  /** An ordinary Tox message has no id and no receipt of ours: it gets a random id and waits like the others. */
  async receiveTox(sender: PublicKey, type: 'normal' | 'action', text: string): Promise<void> {
    const { room } = this.#components;
    if (room.takes(sender)) await room.keepFor(sender, () => this.#placeTox(sender, type, text));
    else this.#tellLoss();
  }

  async #placeTox(sender: PublicKey, type: 'normal' | 'action', text: string): Promise<void> {
    const { store, inbox, vault, random, clock, handOver } = this.#components;
    const slot = await allocateSlot(vault);
    const writes = store.batch();
    const messageId = random.bytes(32);
    const fields = { sender, messageId, via: 'tox', sentAt: 0, receivedAt: clock.wall() } as const;
    const content = { type: type === 'action' ? MessageType.Action : MessageType.Normal, data: utf8(text) };
    inbox.add(writes, { ...fields, ref: slot.ref }, content, slot.secret);
    await writes.commit();
    handOver.offer();
  }

  /** A friend must not be able to fill the log. */
  #tellLoss(): void {
    const { clock, hooks } = this.#components;
    const now = clock.monotonic();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET_MS;
    hooks.onError(
      new ToxAsyncError(
        'ErrLocalStorageFull',
        'An ordinary Tox message was dropped: the inbox has no room for more from this sender, or the disk is full. Free space, or let a flow take the waiting messages. Further drops are not logged for a minute.',
      ),
    );
  }

  /** 'others': the key is another friend's. */
  #withoutKey(arrival: Arrival, key: 'bad-request' | 'not-yours' | 'unknown-tag' | 'others'): Received {
    if (key === 'others') return { code: 'unknown-tag' };
    return key === 'unknown-tag' ? this.#known(arrival) : { code: key };
  }

  /**
   * A key that we no longer have: the same envelope is known, any other is not. Somebody who brings another's envelope
   * hears no more than of a tag that never was: not whether it was read.
   */
  #known({ envelope, origin }: Arrival): Received {
    const { tombstones, crypto, forwardSecurity } = this.#components;
    const { tag } = readEnvelopeHeader(envelope);
    const tombstone = tombstones.findTag(tag);
    if (tombstone === undefined) {
      const unknown = { code: 'unknown-tag' } as const;
      return forwardSecurity.issued.wasErased(tag) ? unknown : { ...unknown, unheardOf: true };
    }
    const others = origin.via === 'direct' && !sameBytes(origin.peer, tombstone.sender);
    const same = sameBytes(tombstone.storageId, storageIdOf(crypto, envelope));
    return same && !others ? answer(tombstone) : { code: 'unknown-tag' };
  }

  /** In the sender's queue. @returns the answers to as many as fit one batch */
  async #take(arrivals: readonly Turn[]): Promise<Received[]> {
    const received: Received[] = [];
    const intake = new IntakeBatch(this.#components);
    for (const arrival of arrivals) {
      received.push(await this.#open(intake, arrival));
      if (intake.isComplete) break;
    }
    await intake.commit();
    received.forEach((each, i) => arrivals[i]?.tell(each));
    return received;
  }

  /** Only now, in its turn: another copy may have consumed the key before. */
  async #open(intake: IntakeBatch, arrival: Arrival): Promise<Received> {
    const opening = this.#components.forwardSecurity.open(arrival.envelope);
    switch (opening.outcome) {
      case 'unknown-tag':
        return this.#known(arrival);
      case 'bad-request':
      case 'not-yours':
      case 'forged':
        return { code: opening.outcome };
      default:
        return intake.add(arrival, opening);
    }
  }
}
