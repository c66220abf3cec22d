import type { ErrorCode } from '../errors';
import type { OutcomeState, PublicKey, QueuedReason, Via } from '../types';

/** What `sendAsyncMessage` resolves with, once the message is durable in the outbox. */
export interface SendReceipt {
  /** 32 bytes. */
  readonly messageId: Uint8Array;
  readonly friend: PublicKey;
  readonly state: 'queued';
  /** What the message waits for; absent when it can go out now. */
  readonly reason?: QueuedReason;
  /** With reason 'refused': why the nodes take no more, a word of docs/PROTOCOL.md. */
  readonly code?: string;
  /** Unix milliseconds, for display. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What is sent: text, bytes, or a value that travels as JSON. 1 to MAX_PAYLOAD_SIZE bytes before deflating. */
export type MessageInput = string | Uint8Array | { readonly json: unknown };

/** How one message is sent; each field has a default. */
export interface SendOptions {
  /**
   * Travels inside the encrypted part, beside the content: at most MAX_LABEL_BYTES bytes of UTF-8 without control
   * characters. '' is none.
   */
  readonly label?: string;
  /**
   * 'auto', the default, deflates bytes and JSON where the envelope becomes smaller or the chunks fewer. 'off' never: the
   * size of what travels then tells nothing of what is in it but its length (docs/SECURITY.md).
   */
  readonly compress?: 'auto' | 'off';
  /** The caller's id, 32 bytes: the same id twice within its life is one message and the same receipt. */
  readonly messageId?: Uint8Array;
  /** Seconds the message lives, 1..MAX_MESSAGE_LIFETIME. */
  readonly lifetime?: number;
  /**
   * Seconds, 1..MAX_MESSAGE_LIFETIME: a message that has no receipt by then, or at the end of its life, is reported as
   * 'overdue', once. It goes on all the same. Left out: never.
   */
  readonly overdueAfter?: number;
  /**
   * A name of 1 to 255 bytes: of messages of one name to one friend only the newest matters. Earlier ones end 'cancelled',
   * code 'replaced'. While one that may have reached a storage node or the friend has no receipt, newer ones wait for it
   * in the outbox, at most 10 minutes, and only the newest of them is kept.
   */
  readonly replaces?: string;
  /**
   * When the outbox is full: 'error', the default, refuses this message (ErrOutboxFull). 'drop-oldest' ends the oldest to
   * that friend that were sent so too and that no storage node holds, 'cancelled', code 'dropped'.
   */
  readonly whenFull?: 'error' | 'drop-oldest';
  /**
   * It goes before messages that are not, wherever one waits for a key, a storage node or the friend. Of each friend's keys
   * 8 are kept for such messages, and 64 get into an outbox that is full.
   */
  readonly urgent?: boolean;
  /** Kept with the message and returned with every outcome, even after a restart. JSON, at most 4 KB. */
  readonly context?: unknown;
  /** 'error': reject with ErrNoPreKeys instead of waiting for keys. Default 'queue'. */
  readonly withoutKeys?: 'queue' | 'error';
}

/** One step in the life of a message we sent (docs/PROTOCOL.md, outcomes). */
export interface Outcome {
  readonly messageId: Uint8Array;
  readonly friend: PublicKey;
  readonly state: OutcomeState;
  /**
   * With 'queued' and 'overdue': what the message waits for now; absent when it is on its way. 'few-nodes' with 'stored':
   * fewer nodes are known than wanted.
   */
  readonly reason?: QueuedReason | 'few-nodes';
  /** Number of nodes that confirmed a copy, and how many are wanted. */
  readonly nodes: number;
  readonly wanted: number;
  /** With 'delivered': the way it took. */
  readonly via?: Via;
  /** With 'failed', 'cancelled' and the reason 'refused': why, a word of docs/PROTOCOL.md. */
  readonly code?: string;
  /** With 'cancelled': a part of it left this process, so the friend may get it all the same. */
  readonly mayArrive?: true;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly at: number;
  readonly context?: unknown;
}

/** What a message says, as it was sent. */
export type ReceivedContent =
  | { readonly kind: 'text' | 'action'; readonly content: string }
  | { readonly kind: 'binary'; readonly content: Uint8Array }
  /**
   * `content` is the value, of any type that JSON has and nested to any depth; `jsonText` is what travelled, where numbers
   * have all their digits.
   */
  | { readonly kind: 'json'; readonly content: unknown; readonly jsonText: string };

/** What is known of a message sent to us without reading it. */
export interface ReceivedHead {
  readonly messageId: Uint8Array;
  readonly sender: PublicKey;
  /** Unix milliseconds by the sender's clock; undefined if the sender had no clock. */
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
  readonly via: Via;
  /** Handed over before, but the process ended or the handler failed before it finished. */
  readonly redelivered: boolean;
}

/** A message sent to us, authenticated. */
export type ReceivedMessage = ReceivedHead &
  ReceivedContent & {
    /** The sender's label. */
    readonly label: string | undefined;
  };

/**
 * Takes one message. Resolving 'done' (or nothing) erases it; 'later' keeps it until
 * `acknowledge(sender, messageId)`; a rejection or 30 s without an answer means "try again later".
 */
export type MessageHandler = (
  message: ReceivedMessage,
) => Promise<'done' | 'later' | void> | 'done' | 'later' | void;

/** What a filter may ask of a message; its label is read from the inbox when it is asked for. */
export type MessageHead = Pick<ReceivedMessage, 'sender' | 'via' | 'label'>;

/** Whether the handler wants this message now; one that nobody wants waits, unmarked, in the inbox. */
export type MessageFilter = (message: MessageHead) => boolean;

/** Keys of one friend. */
export interface PreKeyStats {
  /** Messages we can send before we need new keys from the friend. */
  readonly sendable: number;
  /** The friend's unused keys that we hold, the reserve included. */
  readonly held: number;
  /** Live keys that we issued to the friend. */
  readonly issued: number;
}

/** A listener of an event failed. */
export interface ListenerFailure {
  readonly event: string;
  readonly code?: ErrorCode;
}
