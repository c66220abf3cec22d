import type { InboxRow, OutboxRow } from '../../client/overview/rows';
import type { PublicKey, StorageRole } from '../../types';
import type { Finding } from '../events';
import type { FriendInfo, SessionCounts } from '../options';

/**
 * What a session looks like at one moment, for people who watch it: who, how many, how long. It has no secret and
 * nothing of what messages say. Times are seconds before or after that moment, on a clock that no step of the wall clock
 * moves.
 */
export interface SessionSnapshot {
  readonly publicKey: PublicKey;
  readonly toxId: string;
  /** A transport is attached. */
  readonly attached: boolean;
  readonly online: boolean;
  /** Since the network was last reached, or lost; absent when neither happened since the start. */
  readonly since?: number;
  readonly engine: string;
  readonly counts: SessionCounts;
  /** By name, those without one last. */
  readonly friends: readonly FriendSnapshot[];
  /** The overdue ones first, then the newest; at most as many as were asked for. `counts.unfinished` is the number of all. */
  readonly outbox: readonly OutboxRow[];
  readonly inbox: readonly InboxRow[];
  /** The nodes that are asked for our mail, in the order of their keys. */
  readonly nodes: readonly NodeSnapshot[];
  readonly kept: KeptMail;
  /** Of the session as a whole; those of a friend are there. */
  readonly findings: readonly Finding[];
}

/** A friend, and what a message to them would need. */
export interface FriendSnapshot extends FriendInfo {
  /** It had a session with this identity at some time: keys were exchanged. */
  readonly hasMet: boolean;
  /** Since the network last had them online; 0 while it has, absent when that is not known. */
  readonly seen?: number;
  /** It keeps mail for us. */
  readonly keepsMail: boolean;
  readonly keys: KeySnapshot;
  /** Messages to them that wait here, and those that storage nodes keep. */
  readonly queued: number;
  readonly stored: number;
  /** Why a message would not go out now, or that it would; what counts most is first. */
  readonly findings: readonly Finding[];
}

/** One-time keys, both ways. */
export interface KeySnapshot {
  /** Messages that we can seal before new keys must come, and of how many that is full. */
  readonly sendable: number;
  readonly full: number;
  /** Below this they are renewed at the next meeting. */
  readonly low: number;
  /** Days that they last at the present rate; absent while they are used too little to tell. */
  readonly days?: number;
  /** Messages that they can seal to us before they need new keys. */
  readonly receivable: number;
}

/** A peer that may keep mail for us. */
export interface NodeSnapshot {
  readonly publicKey: PublicKey;
  readonly name?: string;
  /** It has a session with us now. */
  readonly here: boolean;
  /** As it said last: it stores mail; for everybody; it has some for us. */
  readonly acceptsStores: boolean;
  readonly openNode: boolean;
  readonly holdsMail: boolean;
  /** By our own requests: 'good', 'doubtful' or 'bad'. */
  readonly health: 'good' | 'doubtful' | 'bad';
  /** It takes nothing new from us: why, and until it is asked again. */
  readonly refusal?: { readonly code: string; readonly wait: number };
  /** Since it was last asked for our mail; absent when it was not since the start. */
  readonly asked?: number;
}

/** Mail of others that lies here. */
export interface KeptMail {
  readonly role: StorageRole;
  readonly messages: number;
  /** Friends for whom some of it is. */
  readonly friends: number;
  readonly bytes: number;
  readonly capacityBytes: number;
  /** Free on the volume, as last read; absent until then. */
  readonly freeBytes?: number;
  /** What is wrong with where it lies, and what to do; absent when all is well. */
  readonly trouble?: string;
}

/** Rows that a snapshot has at most; 50 of each by default. */
export interface SnapshotOptions {
  readonly outboxRows?: number;
  readonly inboxRows?: number;
}
