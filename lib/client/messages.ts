import type { MessageType } from '../constants';
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
  /** Unix milliseconds, for display. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** How one message is sent; each field has a default. */
export interface SendOptions {
  /** The caller's id, 32 bytes: the same id twice within its life is one message and the same receipt. */
  readonly messageId?: Uint8Array;
  /** Seconds the message lives, 1..MAX_MESSAGE_LIFETIME. */
  readonly lifetime?: number;
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
  /** 'few-nodes' with 'stored': fewer nodes are known than wanted. */
  readonly reason?: 'few-nodes';
  /** Number of nodes that confirmed a copy, and how many are wanted. */
  readonly nodes: number;
  readonly wanted: number;
  /** With 'delivered': the way it took. */
  readonly via?: Via;
  /** With 'failed': why, a word of docs/PROTOCOL.md. */
  readonly code?: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly at: number;
  readonly context?: unknown;
}

/** A message sent to us, authenticated. */
export interface ReceivedMessage {
  readonly messageId: Uint8Array;
  readonly sender: PublicKey;
  readonly type: MessageType;
  readonly data: Uint8Array;
  /** `data` as text. */
  readonly text: string;
  /** Unix milliseconds by the sender's clock; undefined if the sender had no clock. */
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
  readonly via: Via;
  /** Handed over before, but the process ended or the handler failed before it finished. */
  readonly redelivered: boolean;
}

/**
 * Takes one message. Resolving 'done' (or nothing) erases it; 'later' keeps it until
 * `acknowledge(messageId)`; a rejection or 30 s without an answer means "try again later".
 */
export type MessageHandler = (
  message: ReceivedMessage,
) => Promise<'done' | 'later' | void> | 'done' | 'later' | void;

/** Whether the handler wants this message now; one that nobody wants waits, unmarked, in the inbox. */
export type MessageFilter = (message: Pick<ReceivedMessage, 'sender' | 'via' | 'type'>) => boolean;

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
