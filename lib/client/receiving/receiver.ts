import { sameBytes, toHex, utf8 } from '../../bytes';
import { MessageType } from '../../constants';
import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import { CHUNK_ENVELOPE_BYTES, readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { storageIdOf } from '../../protocol/names';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Tombstones } from '../journal/tombstones';
import type { InboxRoom } from './inbox-room';
import { IntakeBatch, type IntakeBatchComponents } from './intake-batch';
import type { Arrival } from './intake-turn';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { ChunkPlace } from './large/large-intake';
import { answer, type Origin, type Received } from './receive-result';
import { sleep } from '../../platform/timers';
import { TurnBatcher } from '../../platform/queues/turn-batcher';
import { allocateSlot } from '../../store/vault/slot-box';

const QUIET_MS = 60_000;
/** Milliseconds after which a turn takes no further envelope: a short one can hold JSON that takes long to read. */
const LONG_TURN_MS = 50;

export interface ReceiverComponents extends IntakeBatchComponents, Pick<BaseComponents, 'random' | 'timers'> {
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'consume' | 'issued' | 'keyOf' | 'open'>;
  readonly tombstones: Pick<Tombstones, 'add' | 'addDead' | 'findMessage' | 'findTag'>;
  readonly queues: KeyedQueue;
  readonly room: Pick<InboxRoom, 'hasSpace' | 'takes' | 'keepFor'>;
  readonly hooks: Pick<AsyncClientHooks, 'onArrived' | 'onMalformed' | 'onError'>;
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
    const sender = this.#senderOf(envelope);
    if (typeof sender !== 'string' && (origin.via === 'stored' || sameBytes(origin.peer, sender))) {
      return this.#turns.add(sender, { envelope, origin, tell });
    }
    const received = this.#withoutKey({ envelope, origin }, typeof sender === 'string' ? sender : 'others');
    tell(received);
    return received;
  }

  /** To whom the key of its tag was issued, or whose chunk is expected under it. */
  #senderOf(envelope: Uint8Array): PublicKey | 'bad-request' | 'not-yours' | 'unknown-tag' {
    const key = this.#components.forwardSecurity.keyOf(envelope);
    if (typeof key !== 'string') return key.peer;
    const chunk = key === 'unknown-tag' ? this.#chunkIn(envelope) : undefined;
    return chunk?.assembly.sender ?? key;
  }

  #chunkIn(envelope: Uint8Array): ChunkPlace | undefined {
    return this.#components.assemblies.findChunk(readEnvelopeHeader(envelope).tag);
  }

  /** An ordinary Tox message has no id and no receipt of ours: it gets a random id and waits like the others. */
  async receiveTox(sender: PublicKey, type: 'normal' | 'action', text: string): Promise<void> {
    const { room } = this.#components;
    const { length } = utf8(text);
    if (room.takes(sender, length))
      await room.keepFor(sender, length, () => this.#placeTox(sender, type, text));
    else this.#tellLoss();
  }

  async #placeTox(sender: PublicKey, type: 'normal' | 'action', text: string): Promise<void> {
    const { store, inbox, vault, random, clock, handOver, hooks } = this.#components;
    const slot = await allocateSlot(vault);
    const writes = store.batch();
    const messageId = random.bytes(32);
    const fields = { sender, messageId, via: 'tox', sentAt: 0, receivedAt: clock.wall() } as const;
    const content = { type: type === 'action' ? MessageType.Action : MessageType.Normal, data: utf8(text) };
    inbox.add(writes, { ...fields, ref: slot.ref }, content, slot.secret);
    await writes.commit();
    hooks.onArrived(sender);
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
    const { tombstones, crypto } = this.#components;
    const { tag } = readEnvelopeHeader(envelope);
    const tombstone = tombstones.findTag(tag) ?? this.#unfinished(tag);
    if (tombstone === undefined) return this.#unheardOf(envelope);
    const others = origin.via === 'direct' && !sameBytes(origin.peer, tombstone.sender);
    const same = tombstone.large === 'chunk' || sameBytes(tombstone.storageId, storageIdOf(crypto, envelope));
    if (!same || others) return { code: 'unknown-tag' };
    return 'code' in tombstone ? answer(tombstone) : { code: 'known' };
  }

  /** A head whose message is not complete. */
  #unfinished(tag: Uint8Array) {
    const { assembly, head } = this.#components.assemblies.findHead(tag) ?? {};
    return assembly && head && { sender: assembly.sender, storageId: head.storageId, large: 'head' as const };
  }

  /** No word of alarm of what may be a chunk that was expected once. */
  #unheardOf(envelope: Uint8Array): Received {
    const { assemblies, forwardSecurity } = this.#components;
    const { tag } = readEnvelopeHeader(envelope);
    const wasOurs = forwardSecurity.issued.wasErased(tag) || assemblies.wasPutOff(tag);
    const isNoKey = wasOurs || envelope.length === CHUNK_ENVELOPE_BYTES;
    return isNoKey ? { code: 'unknown-tag' } : { code: 'unknown-tag', unheardOf: true };
  }

  /** In the sender's queue. @returns the answers to as many as fit one batch */
  async #take(arrivals: readonly Turn[]): Promise<Received[]> {
    const { clock, timers } = this.#components;
    const received: Received[] = [];
    const intake = new IntakeBatch(this.#components);
    const begun = clock.monotonic();
    let isLong = false;
    try {
      for (const arrival of arrivals) {
        const each = await this.#open(intake, arrival);
        if (each !== undefined) received.push(each);
        isLong = clock.monotonic() - begun >= LONG_TURN_MS;
        if (each === undefined || intake.isComplete || isLong) break;
      }
      await intake.commit();
    } finally {
      intake.wipe();
    }
    received.forEach((each, i) => arrivals[i]?.tell(each));
    // Where nothing was written nothing was waited for: everybody else has their turn before more is opened.
    if (isLong) await sleep(timers, 0);
    return received;
  }

  /**
   * Only now, in its turn: another copy may have consumed the key before.
   * @returns undefined when it has to have the next batch
   */
  async #open(intake: IntakeBatch, arrival: Arrival): Promise<Received | undefined> {
    const { forwardSecurity } = this.#components;
    const opening = forwardSecurity.open(arrival.envelope, (sender) => intake.hasRoomFor(sender));
    switch (opening.outcome) {
      case 'no-room':
        return { code: 'busy', turnedAway: { sender: opening.key.peer, bytes: opening.bytes } };
      case 'unknown-tag': {
        const chunk = this.#chunkIn(arrival.envelope);
        return chunk ? intake.addChunk(arrival, chunk) : this.#known(arrival);
      }
      case 'bad-request':
      case 'not-yours':
      case 'forged':
        return { code: opening.outcome };
      default:
        return intake.add(arrival, opening);
    }
  }
}
