import { copyOf } from '../../bytes';
import { DEFAULT_MESSAGE_LIFETIME, MAX_MESSAGE_LIFETIME, MessageType } from '../../constants';
import { ToxAsyncError } from '../../errors';
import type { CryptoProvider } from '../../crypto/provider';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { Clock } from '../../platform/clock';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { SecretVault, VaultSecret } from '../../store/vault/secret-vault';
import type { Content } from '../../protocol/envelope/content';
import { chunksOf, joinedLarge } from '../../protocol/envelope/large/split-large';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import { singleContent } from '../../protocol/envelope/pack-content';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { MessageInput, SendOptions, SendReceipt } from '../messages';
import { packOutgoing } from '../content/outgoing-content';
import type { Contexts } from '../journal/outgoing/contexts';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { keyUseOf } from '../journal/outgoing/outbox-record';
import type { OutcomeJournal } from '../journal/outgoing/outcome-journal';
import type { Meetings } from '../meeting/meetings';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Dispatcher } from './dispatcher';
import type { Displacement, Place } from './early-end/displacement';
import type { EarlyEnd, EarlyEnds } from './early-end/early-ends';
import type { LargeTurns } from './large/large-turns';
import type { QueuedReasons } from './queued-reasons';
import type { ReasonChanges } from './reason-changes';
import type { SealTime } from './sealing/seal-time';

/** Largest `context` of a message, as JSON. */
const MAX_CONTEXT_BYTES = 4096;

export interface SenderComponents extends Pick<BaseComponents, 'crypto' | 'random' | 'ages' | 'store'> {
  readonly clock: Pick<Clock, 'wall'>;
  readonly vault: Pick<SecretVault, 'allocate'>;
  readonly space: Pick<DataDirectory['space'], 'assertRoom'>;
  readonly outbox: Pick<Outbox, 'find' | 'add' | 'withdraw' | 'journalling' | 'settled' | 'unsentKey'>;
  readonly displacement: Pick<Displacement, 'placeFor' | 'stillOf'>;
  readonly earlyEnds: Pick<EarlyEnds, 'prepare'>;
  readonly sealTime: Pick<SealTime, 'hasTaker'>;
  readonly outcomes: Pick<OutcomeJournal, 'find'>;
  readonly contexts: Pick<Contexts, 'add'>;
  readonly queues: KeyedQueue;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor'>;
  readonly turns: Pick<LargeTurns, 'first'>;
  readonly reasons: Pick<QueuedReasons, 'of'>;
  readonly reasonChanges: Pick<ReasonChanges, 'noteTold'>;
  readonly meetings: Pick<Meetings, 'noteSpent'>;
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly hooks: Pick<AsyncClientHooks, 'onAccepted' | 'onKeySpent'>;
}

/** Of a large message `data` is the whole, and so many chunks follow its head. */
interface OutgoingContent extends Content {
  readonly chunks?: number;
}

interface Outgoing {
  readonly content: OutgoingContent;
  readonly messageId: Uint8Array;
  readonly lifetime: number;
  readonly overdueAfter: number | undefined;
  readonly options: SendOptions;
  readonly context: string | undefined;
}

/** Accepts messages: accepted means journalled, sealed if a key is left, and not a byte sent before. */
export class Sender {
  readonly #components: SenderComponents;

  constructor(components: SenderComponents) {
    this.#components = components;
  }

  /**
   * Resolves when the message is durable.
   * @throws ErrMessageEmpty, ErrMessageTooLarge, ErrMalformed, ErrInvalidArgument, ErrOutboxFull, ErrNoPreKeys,
   * ErrLocalStorageFull, ErrStore
   */
  async send(
    friend: PublicKey,
    content: MessageInput,
    type: MessageType = MessageType.Normal,
    options: SendOptions = {},
  ): Promise<SendReceipt> {
    const lifetime = checkLifetime(options.lifetime);
    const overdueAfter = checkOverdue(options.overdueAfter);
    const context = checkContext(options.context);
    const messageId = (options.messageId && copyOf(options.messageId)) ?? this.#components.random.bytes(32);
    if (messageId.length !== 32) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        'A message id has 32 bytes. Leave it out to get a random one.',
      );
    }
    const { crypto, queues } = this.#components;
    const message = {
      content: contentOf(crypto, content, type, options),
      messageId,
      lifetime,
      overdueAfter,
      options,
      context,
    };
    const recipient = copyOf(friend);
    // The queue keeps the order of acceptance; it does not wait for the disk, so that messages share a sync.
    const { entry, durable } = await queues
      .run(recipient, () => this.#journal(recipient, message))
      .finally(() => crypto.wipe(message.content.data));
    await durable;
    return entry;
  }

  async #journal(
    friend: PublicKey,
    message: Outgoing,
  ): Promise<{ entry: SendReceipt; durable: Promise<void> }> {
    const { outbox, outcomes, vault, space, displacement, forwardSecurity } = this.#components;
    const { content, messageId, options, context } = message;
    const double = options.messageId && outbox.find(friend, messageId);
    if (double !== undefined) {
      // The first call may still wait for the disk.
      return { entry: this.#receipt(double), durable: outbox.settled() };
    }
    const ended = options.messageId && outcomes.find(friend, messageId);
    if (ended !== undefined) return { entry: receiptOf(ended), durable: Promise.resolve() };
    space.assertRoom();
    const place = await displacement.placeFor(friend, content.data.length, options);
    const use = keyUseOf({ ...(options.urgent && { isUrgent: true }) });
    if (options.withoutKeys === 'error' && !forwardSecurity.hasKeyFor(friend, use)) {
      throw new ToxAsyncError(
        'ErrNoPreKeys',
        'No one-time keys for this friend are left. New ones arrive when you are both online.',
      );
    }
    const [slot, contextSlot] = await vault.allocate(context === undefined ? 1 : 2);
    if (slot === undefined) throw new ToxAsyncError('ErrStore', 'The vault returned no slot.');
    // Until now one of them may have left.
    const taken = await this.#take(friend, message, displacement.stillOf(place), { slot, contextSlot });
    // Nobody ends once more, by a receipt, what leaves for this one.
    if (place.leaving.length > 0) await Promise.allSettled([taken.durable]);
    return taken;
  }

  async #take(
    friend: PublicKey,
    { content, messageId, lifetime, overdueAfter, options, context }: Outgoing,
    { leaving, value, isBehind }: Place,
    { slot, contextSlot }: { slot: VaultSecret; contextSlot: VaultSecret | undefined },
  ): Promise<{ entry: SendReceipt; durable: Promise<void> }> {
    const { outbox, contexts, store, ages, clock, earlyEnds, sealTime, turns } = this.#components;
    const { type, data, chunks } = content;
    const end = await earlyEnds.prepare(leaving);
    const ending = leaving.map(({ entry }) => entry);
    const early = {
      ...(value && { value }),
      ...(options.whenFull === 'drop-oldest' && { isDroppable: true as const }),
      ...(options.urgent && { isUrgent: true as const }),
    };
    // A key that comes back is for this one, as soon as it is back.
    const isToSeal =
      !isBehind && sealTime.hasTaker({ friend, ...early }) && !ending.some((each) => outbox.unsentKey(each));
    const writes = store.batch();
    const acceptedAt = ages.now();
    const fields = {
      messageId,
      friend,
      type,
      lifetime,
      acceptedAt,
      createdAt: clock.wall(),
      ref: slot.ref,
      ...(chunks !== undefined && { large: turns.first(friend, chunks, ending) }),
      ...early,
      ...(overdueAfter !== undefined && {
        overdue: { at: acceptedAt + Math.min(overdueAfter, lifetime), isTold: false },
      }),
    };
    const entry = undoing(end, () => outbox.add(writes, fields, data, slot.secret, isToSeal));
    if (context !== undefined && contextSlot !== undefined) contexts.add(writes, entry, context, contextSlot);
    end.addTo(writes);
    const durable = writes.commit().then(
      () => this.#accepted(entry),
      (error: unknown) => {
        outbox.withdraw(entry);
        end.undo();
        throw error;
      },
    );
    outbox.journalling(durable);
    return { entry: this.#receipt(entry), durable };
  }

  /** The message is durable, and the key of its envelope, if it has one, is spent: now it may leave. */
  #accepted(entry: OutboxEntry): void {
    const { meetings, dispatcher, hooks } = this.#components;
    if (entry.sealed !== undefined) {
      hooks.onKeySpent(entry.friend);
      meetings.noteSpent(entry.friend);
    }
    hooks.onAccepted(entry.friend);
    dispatcher.dispatch(entry);
  }

  #receipt(entry: OutboxEntry): SendReceipt {
    const { reasons, reasonChanges } = this.#components;
    const waiting = reasons.of(entry);
    reasonChanges.noteTold(entry, waiting);
    const { messageId, friend, createdAt, lifetime } = entry;
    const expiresAt = createdAt + lifetime * 1000;
    return { messageId, friend, state: 'queued', createdAt, expiresAt, ...waiting };
  }
}

function undoing<T>(end: EarlyEnd, run: () => T): T {
  try {
    return run();
  } catch (error) {
    end.undo();
    throw error;
  }
}

function receiptOf(ended: {
  messageId: Uint8Array;
  friend: PublicKey;
  createdAt: number;
  expiresAt: number;
}): SendReceipt {
  const { messageId, friend, createdAt, expiresAt } = ended;
  return { messageId, friend, state: 'queued', createdAt, expiresAt };
}

/** In one envelope where it fits, else as a large message. */
function contentOf(
  crypto: CryptoProvider,
  given: MessageInput,
  type: number,
  options: SendOptions,
): OutgoingContent {
  const packed = packOutgoing(crypto, given, type, options);
  try {
    return (
      singleContent(packed) ?? {
        type: PLAIN_TYPE.extended,
        data: joinedLarge(packed),
        chunks: chunksOf(packed),
      }
    );
  } finally {
    crypto.wipe(packed.bytes);
  }
}

function checkLifetime(lifetime: number | undefined): number {
  if (lifetime === undefined) return DEFAULT_MESSAGE_LIFETIME;
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > MAX_MESSAGE_LIFETIME) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A message can live for 1 to ${MAX_MESSAGE_LIFETIME} seconds (14 days). Choose a lifetime in that range.`,
    );
  }
  return lifetime;
}

function checkOverdue(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_MESSAGE_LIFETIME) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A message can be overdue after 1 to ${MAX_MESSAGE_LIFETIME} seconds (14 days). Choose a time in that range.`,
    );
  }
  return seconds;
}

/** The context as it is now, whatever its owner does with it later. */
function checkContext(context: unknown): string | undefined {
  if (context === undefined) return undefined;
  const json = jsonOf(context);
  if (json === undefined || json.length > MAX_CONTEXT_BYTES) {
    throw new ToxAsyncError('ErrInvalidArgument', 'The context must be JSON of at most 4 KB.');
  }
  return json;
}

/** undefined for what has no JSON form, as a function, a circle or a BigInt. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
