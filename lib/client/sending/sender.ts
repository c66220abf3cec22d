import {
  DEFAULT_MESSAGE_LIFETIME,
  MAX_MESSAGE_LIFETIME,
  MAX_MESSAGE_SIZE,
  MessageType,
} from '../../constants';
import { ToxAsyncError } from '../../errors';
import { readUtf8, utf8 } from '../../bytes';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { Random } from '../../platform/random';
import type { SecretVault } from '../../store/vault/secret-vault';
import type { Store } from '../../store/store';
import type { PublicKey, QueuedReason } from '../../types';
import type { ClientLimits } from '../client-limits';
import type { SendOptions, SendReceipt } from '../messages';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { OutcomeJournal } from '../journal/outcome-journal';
import type { KeyedQueue } from '../../platform/keyed-queue';
import { allocateSlot } from '../../store/vault/slot-box';

/** Largest `context` of a message, as JSON. */
const MAX_CONTEXT_BYTES = 4096;

export interface SenderParts {
  readonly random: Random;
  readonly ages: { now(): number };
  /** Unix milliseconds. */
  readonly wall: () => number;
  readonly store: Store;
  readonly vault: SecretVault;
  readonly outbox: Outbox;
  readonly outcomes: OutcomeJournal;
  readonly queues: KeyedQueue;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly limits: ClientLimits;
  /** @throws ErrLocalStorageFull, ErrDirectoryReplaced when no new work is taken */
  readonly assertRoom: () => void;
  readonly reasonFor: (entry: OutboxEntry) => QueuedReason | undefined;
  readonly onAccepted: (entry: OutboxEntry) => void;
}

/** Accepts messages: accepted means journalled, sealed if a key is left, and not a byte sent before. */
export class Sender {
  readonly #o: SenderParts;
  readonly #journalling = new Set<Promise<void>>();

  constructor(parts: SenderParts) {
    this.#o = parts;
  }

  /**
   * Resolves when the message is durable.
   * @throws ErrMessageEmpty, ErrMessageTooLarge, ErrMalformed, ErrInvalidArgument, ErrOutboxFull, ErrNoPreKeys,
   * ErrLocalStorageFull, ErrStore
   */
  async send(
    friend: PublicKey,
    content: string | Uint8Array,
    type: MessageType = MessageType.Normal,
    options: SendOptions = {},
  ): Promise<SendReceipt> {
    const data = checkContent(content, type);
    const lifetime = checkLifetime(options.lifetime);
    const context = checkContext(options.context);
    const messageId = options.messageId?.slice() ?? this.#o.random.bytes(32);
    if (messageId.length !== 32) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        'A message id has 32 bytes. Leave it out to get a random one.',
      );
    }
    // The queue keeps the order of acceptance; it does not wait for the disk, so that messages share a sync.
    const { entry, durable } = await this.#o.queues.run(friend, () =>
      this.#journal(friend, data, { messageId, type, lifetime, options: { ...options, context } }),
    );
    await durable;
    return entry;
  }

  /** Resolves when everything journalled so far is durable or has failed. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#journalling]);
  }

  async #journal(
    friend: PublicKey,
    data: Uint8Array,
    message: { messageId: Uint8Array; type: MessageType; lifetime: number; options: SendOptions },
  ): Promise<{ entry: SendReceipt; durable: Promise<void> }> {
    const { outbox, outcomes, store, vault, ages, wall, limits, assertRoom, forwardSecurity } = this.#o;
    const { messageId, type, lifetime, options } = message;
    const double = options.messageId && outbox.find(friend, messageId);
    if (double !== undefined) {
      // The first call may still wait for the disk.
      return { entry: this.#receipt(double), durable: this.settled() };
    }
    const ended = options.messageId && outcomes.find(friend, messageId);
    if (ended !== undefined) return { entry: receiptOf(ended), durable: Promise.resolve() };
    assertRoom();
    if (outbox.messages >= limits.outboxMessages || outbox.bytes + data.length > limits.outboxBytes) {
      throw new ToxAsyncError(
        'ErrOutboxFull',
        `The outbox is full (${outbox.messages} messages wait). Wait until some are delivered or expire.`,
      );
    }
    if (options.withoutKeys === 'error' && !forwardSecurity.canSendMessage(friend)) {
      throw new ToxAsyncError(
        'ErrNoPreKeys',
        'No one-time keys of this friend are left. They are renewed when both of you are online together.',
      );
    }
    const slot = await allocateSlot(vault);
    const writes = store.batch();
    const entry = outbox.add(
      writes,
      {
        messageId,
        friend,
        type,
        lifetime,
        acceptedAt: ages.now(),
        createdAt: wall(),
        ref: slot.ref,
        ...(options.context === undefined ? {} : { context: options.context }),
      },
      data,
      slot.secret,
    );
    const durable = writes.commit().then(
      () => this.#o.onAccepted(entry),
      (error: unknown) => {
        outbox.withdraw(entry);
        throw error;
      },
    );
    this.#journalling.add(durable);
    const forget = () => this.#journalling.delete(durable);
    durable.then(forget, forget);
    return { entry: this.#receipt(entry), durable };
  }

  #receipt(entry: OutboxEntry): SendReceipt {
    const reason = this.#o.reasonFor(entry);
    const { messageId, friend, createdAt, lifetime } = entry;
    const expiresAt = createdAt + lifetime * 1000;
    return { messageId, friend, state: 'queued', createdAt, expiresAt, ...(reason && { reason }) };
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

function checkContent(content: string | Uint8Array, type: number): Uint8Array {
  if (type !== MessageType.Normal && type !== MessageType.Action) {
    throw new ToxAsyncError('ErrInvalidArgument', 'The message type is 0 (normal) or 1 (action).');
  }
  const data = typeof content === 'string' ? utf8(content) : content.slice();
  if (data.length === 0)
    throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some text.');
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The message has ${data.length} bytes; at most ${MAX_MESSAGE_SIZE} fit. Shorten it or send it in parts.`,
    );
  }
  if (typeof content !== 'string' && readUtf8(data) === undefined) {
    throw new ToxAsyncError('ErrMalformed', 'A message is UTF-8 text; these bytes are not.');
  }
  return data;
}

function checkLifetime(lifetime: number | undefined): number {
  if (lifetime === undefined) return DEFAULT_MESSAGE_LIFETIME;
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > MAX_MESSAGE_LIFETIME) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A message lives 1 to ${MAX_MESSAGE_LIFETIME} seconds (14 days). Choose a time in between.`,
    );
  }
  return lifetime;
}

/** The context as it is now and as a restart would give it back, whatever its owner does with it later. */
function checkContext(context: unknown): unknown {
  if (context === undefined) return undefined;
  const json = jsonOf(context);
  if (json === undefined || json.length > MAX_CONTEXT_BYTES) {
    throw new ToxAsyncError('ErrInvalidArgument', 'The context must be JSON of at most 4 KB.');
  }
  return JSON.parse(json);
}

/** undefined for what has no JSON form, as a function, a circle or a BigInt. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
