/**
 * Requests to the process that holds a data directory, and its answers, as JSON lines over the socket of the
 * directory's lock. Keys and ids are hexadecimal digits. The command uses the same ones within its own
 * process when nobody holds the directory.
 */
import type { OutcomeState, PublicKey } from '../types';
import type { Finding } from '../manager/events';
import type { HistoryHour } from '../manager/history/hour';
import type { SessionSnapshot } from '../manager/snapshot/snapshot';

/** A type with hexadecimal digits in the place of bytes. */
export type Hexed<T> = T extends Uint8Array
  ? string
  : T extends object
    ? { readonly [K in keyof T]: Hexed<T[K]> }
    : T;

/** What a message says: text (with `action` what somebody does), bytes in base64, or a value that travels as JSON. */
export type ControlContent =
  | { readonly text: string; readonly action?: true }
  | { readonly base64: string }
  | { readonly json: unknown };

/** When an answer to `send` is wanted: once it is durable here, on a storage node, or at the friend. */
export type SendUntil = 'queued' | 'stored' | 'delivered';

/** One request; `friend` is a name, a public key of 64 digits or a Tox ID. */
export type ControlRequest =
  | { readonly ask: 'identity' }
  | { readonly ask: 'status' }
  | { readonly ask: 'history' }
  | { readonly ask: 'findings'; readonly friend?: string }
  | { readonly ask: 'friends' }
  | {
      readonly ask: 'add-friend';
      readonly toxId: string;
      readonly name?: string;
      readonly greeting: string;
    }
  | { readonly ask: 'accept-friend'; readonly key: string; readonly name?: string }
  | { readonly ask: 'remove-friend'; readonly friend: string }
  | { readonly ask: 'rename-friend'; readonly friend: string; readonly name: string }
  | SendRequest
  /** Without `friend`: at every friend that has the message. */
  | { readonly ask: 'cancel'; readonly messageId: string; readonly friend?: string }
  /** `once`: the answer comes after the first message that was taken. */
  | { readonly ask: 'receive'; readonly once?: true }
  | { readonly ask: 'backup'; readonly passphrase: string };

/** Accepts a message, and follows it. */
export interface SendRequest {
  readonly ask: 'send';
  readonly friend: string;
  readonly content: ControlContent;
  /** The asker's id of the message, 64 digits: asked twice with one id, it is one message. */
  readonly messageId?: string;
  readonly topic?: string;
  readonly replaces?: string;
  readonly urgent?: true;
  /** Seconds. */
  readonly lifetime?: number;
  readonly overdueAfter?: number;
  readonly until: SendUntil;
  /** Seconds after which the answer comes anyhow. */
  readonly timeout: number;
}

/** Who a session is. */
export interface IdentityAnswer {
  readonly publicKey: string;
  readonly toxId: string;
}

/** A friend of a session. */
export interface FriendAnswer {
  readonly publicKey: string;
  readonly name?: string;
  readonly online: boolean;
}

/** Somebody who asks to be a friend, with their own words. */
export interface RequestAnswer {
  readonly publicKey: string;
  readonly text: string;
}

/** What became of a message so far: its first state is 'queued', its last one ends the answer. */
export interface SendAnswer {
  readonly messageId: string;
  readonly friend: string;
  readonly state: OutcomeState;
  /** What it waits for, and why it failed or was refused. */
  readonly reason?: string;
  readonly code?: string;
  readonly nodes?: number;
  readonly wanted?: number;
  /** The time was over before the wanted state came. */
  readonly timedOut?: true;
}

/** Messages that were cancelled. */
export interface CancelAnswer {
  readonly messageId: string;
  /** Public keys of those to whom it was on its way. */
  readonly friends: readonly string[];
  /** A part of it had left: it may arrive all the same. */
  readonly mayArrive: boolean;
}

/** A message that came, for the process that takes it; exactly one of `text`, `base64` and `jsonText` is there. */
export interface ControlMessage {
  readonly messageId: string;
  readonly friend: string;
  readonly friendName?: string;
  readonly topic?: string;
  readonly kind: 'text' | 'action' | 'binary' | 'json';
  readonly text?: string;
  readonly base64?: string;
  readonly jsonText?: string;
  /** Unix milliseconds. */
  readonly sentAt?: number;
  readonly receivedAt: number;
  readonly via: string;
  readonly redelivered?: true;
}

/** The answer to each request. */
export interface ControlAnswers {
  readonly identity: IdentityAnswer;
  readonly status: Hexed<SessionSnapshot>;
  /** Of the last week, the oldest first; without hours in which nothing happened. */
  readonly history: { readonly hours: readonly HistoryHour[] };
  readonly findings: { readonly findings: readonly Hexed<Finding>[] };
  readonly friends: {
    readonly friends: readonly FriendAnswer[];
    readonly requests: readonly RequestAnswer[];
  };
  readonly 'add-friend': FriendAnswer;
  readonly 'accept-friend': FriendAnswer;
  readonly 'remove-friend': FriendAnswer;
  readonly 'rename-friend': FriendAnswer;
  readonly send: SendAnswer;
  readonly cancel: CancelAnswer;
  /** Without `once` it comes only when the asker goes. */
  readonly receive: { readonly ended: true };
  /** A sealed Tox profile. */
  readonly backup: { readonly base64: string };
}

/** What a request may lead to before its answer. */
export interface ControlHooks {
  /** Ends the request: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** How a message that is being sent fares. */
  readonly onProgress?: (progress: SendAnswer) => void;
  /** Takes a message. It is erased once this resolves with true, and comes again after false. */
  readonly onMessage?: (message: ControlMessage) => Promise<boolean>;
}

/** Whoever answers requests: a session of this process, or the one of another. */
export interface Control {
  ask<R extends ControlRequest>(request: R, hooks: ControlHooks): Promise<ControlAnswers[R['ask']]>;
}

/** Somebody who asks to be a friend, as the network told of them. */
export interface IncomingRequest {
  readonly publicKey: PublicKey;
  readonly text: string;
}
