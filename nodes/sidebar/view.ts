/**
 * What the editor gets of a session, as JSON (docs/ADMIN.md). The editor is compiled against this file alone. Keys and ids
 * are hexadecimal digits, times are seconds before or after the answer. There is no secret in it, and nothing of what
 * messages say.
 */

import type { Said } from '../runtime/failures/said';

/** 'error' has `trouble`; the last four are those of an open session. */
export type SessionState = 'opening' | 'error' | 'no-transport' | 'offline' | 'connecting' | 'online';

/** How a friend can be reached; the first that holds. */
export type FriendState =
  /** Connected, with a client that knows no stored mail. */
  | 'plain'
  /** Connected, and ready for mail. */
  | 'online'
  /** Connected, and not ready (yet). */
  | 'connected'
  /** They were asked on Tox, and never seen there since. */
  | 'asked'
  /** Never online at the same time as this session: no keys. */
  | 'never-met'
  | 'away';

/** What is wrong, in whole sentences with what to do, in the language of the runtime; the editor makes its own of `said`. */
export interface FaultView {
  readonly text: string;
  readonly said?: Said;
}

/** An entry of `GET tox-async/sessions`: what a list of sessions and a friend picker need. */
export interface SessionSummary {
  /** Id of its config node. */
  readonly id: string;
  readonly name: string;
  readonly state: SessionState;
  /** Absent until it has been open. */
  readonly toxId?: string;
  /** What keeps it from opening, or from taking anything new. */
  readonly trouble?: FaultView & { readonly code: string };
  /** The worst of what matters with it and its friends. */
  readonly worst: FindingView['level'];
  readonly counts?: CountsView;
  readonly friends: readonly FriendSummary[];
}

/** Messages that wait in the outbox, that nodes keep, both, that wait in the inbox; friends, those online; nodes. */
export interface CountsView {
  readonly queued: number;
  readonly stored: number;
  readonly unfinished: number;
  readonly waiting: number;
  readonly friends: number;
  readonly online: number;
  readonly nodes: number;
}

export interface FriendSummary {
  /** Ours for them; '' when they have none. */
  readonly name: string;
  readonly publicKey: string;
  readonly online: boolean;
  readonly state: FriendState;
}

export interface FindingView {
  readonly level: 'ok' | 'info' | 'warning' | 'error';
  readonly code: string;
  /** In the language of the runtime; the editor makes its own of `code` and `params`. */
  readonly text: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Worth a word unasked: it is a warning or an error, and something suffers from it. */
  readonly matters: boolean;
}

/** `GET tox-async/sessions/:id`; what is not there before the session is open is absent. */
export interface SessionView extends Omit<SessionSummary, 'friends'> {
  readonly open?: OpenSessionView;
}

export interface OpenSessionView {
  readonly publicKey: string;
  readonly since?: number;
  readonly engine: string;
  /** 'bridge': a foreign transport over wires. */
  readonly network: 'none' | 'virtual' | 'tox' | 'bridge';
  /** Whether it is meant to be online. */
  readonly wanted: boolean;
  readonly folder: FolderView;
  readonly requests: readonly RequestView[];
  readonly friends: readonly FriendView[];
  readonly outbox: readonly OutboxView[];
  readonly inbox: readonly InboxView[];
  readonly nodes: readonly NodeView[];
  readonly kept: KeptView;
  readonly findings: readonly FindingView[];
}

/** The data folder. */
export interface FolderView {
  readonly path: string;
  /** What is in it; absent when it cannot be read. */
  readonly bytes?: number;
}

export interface RequestView {
  readonly publicKey: string;
  readonly text: string;
  readonly age: number;
}

export interface FriendView extends FriendSummary {
  readonly hasMet: boolean;
  /** Since they were seen; 0 while they are online, absent when that is not known. */
  readonly seen?: number;
  readonly keepsMail: boolean;
  /** Messages to them that wait here, and that storage nodes keep. */
  readonly queued: number;
  readonly stored: number;
  readonly keys: KeysView;
  /** Where they are renamed and removed: here, in the session's dialog, or nowhere (a virtual network names its members). */
  readonly changed: 'here' | 'dialog' | 'nowhere';
  /** Why a message would not go out now, or that it would; what counts most is first. */
  readonly findings: readonly FindingView[];
}

/** Messages that we can send them, of how many that is full, and that they can send us. */
export interface KeysView {
  readonly sendable: number;
  readonly full: number;
  /** Some are left, and they will soon be used up. */
  readonly areLow: boolean;
  /** That they last at the present rate; absent while too few are used to tell. */
  readonly days?: number;
  readonly receivable: number;
}

export interface OutboxView {
  readonly messageId: string;
  readonly friend: string;
  readonly friendName: string;
  /** Bytes. */
  readonly size: number;
  readonly age: number;
  readonly remaining: number;
  /** Since it should have had a receipt. */
  readonly overdue?: number;
  /** What it waits for, and with 'refused' why. */
  readonly reason?: string;
  readonly code?: string;
  /** How the nodes that confirmed it are called, and how many are wanted. */
  readonly nodes: readonly string[];
  readonly wanted: number;
  readonly isStored: boolean;
  /** Of a large message. */
  readonly pieces?: { readonly done: number; readonly total: number };
}

/** Messages of one sender that wait for the same. */
export interface InboxView {
  readonly friend: string;
  readonly friendName: string;
  /** 'waiting': no flow took them; 'kept': a flow did and has not acknowledged; 'failed': they come again. */
  readonly state: 'waiting' | 'kept' | 'failed';
  readonly count: number;
  /** Of the oldest. */
  readonly age: number;
}

/** A peer that may keep mail for us. */
export interface NodeView {
  readonly publicKey: string;
  readonly name: string;
  readonly here: boolean;
  readonly acceptsStores: boolean;
  readonly openNode: boolean;
  readonly holdsMail: boolean;
  readonly health: 'good' | 'doubtful' | 'bad';
  /** It takes nothing new: why, and until it is asked again. */
  readonly refusal?: { readonly code: string; readonly wait: number };
  /** Since it was asked for mail; absent when it was not since the start. */
  readonly asked?: number;
}

/** Mail of others that lies here; bytes, and free on the volume. */
export interface KeptView {
  readonly role: 'friends' | 'everyone' | 'off';
  readonly messages: number;
  readonly friends: number;
  readonly bytes: number;
  readonly capacityBytes: number;
  readonly freeBytes?: number;
  /** What is wrong with where it lies; absent when all is well. */
  readonly trouble?: FaultView;
}

/** `GET tox-async/sessions/:id/qr`: rows of a QR code, '1' for dark, without its quiet zone. */
export interface QrView {
  readonly toxId: string;
  readonly rows: readonly string[];
}

/** The answer to a request that failed. */
export interface ErrorBody {
  readonly code: string;
  /** As FaultView.text, and its `said`. */
  readonly message: string;
  readonly said?: Said;
}

/** `GET tox-async/sessions/:id/history`: the last week, the oldest hour first; hours in which nothing happened are left out. */
export interface HistoryView {
  readonly hours: readonly HourView[];
}

/** What happened within one hour. */
export interface HourView {
  /** Since it began. */
  readonly age: number;
  /**
   * Messages that were accepted to be sent; that a first storage node has; that were delivered; that failed, expired or
   * stayed unconfirmed.
   */
  readonly sent: number;
  readonly stored: number;
  readonly delivered: number;
  readonly failed: number;
  /** Messages that came. */
  readonly received: number;
  /** Messages of others that were taken to be kept. */
  readonly kept: number;
  /** The most messages that were on their way at a time. */
  readonly mostUnfinished: number;
}
