/**
 * What the editor gets of a session, as JSON: docs/ADMIN.md. Keys and ids are hexadecimal digits, times are seconds before
 * or after the answer. There is no secret in it, and nothing of what messages say.
 */
import type {
  FriendSnapshot,
  InboxRow,
  KeptMail,
  KeySnapshot,
  NodeSnapshot,
  OutboxRow,
  SessionCounts,
} from '../../lib/index';

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

/** An entry of `GET tox-async/sessions`: what a list of sessions and a friend picker need. */
export interface SessionSummary {
  /** Id of its config node. */
  readonly id: string;
  readonly name: string;
  readonly state: SessionState;
  /** Absent until it has been open. */
  readonly toxId?: string;
  /** What keeps it from opening, or from taking anything new. */
  readonly trouble?: { readonly code: string; readonly text: string };
  /** The worst that there is to say of it and its friends. */
  readonly worst: FindingView['level'];
  readonly counts?: SessionCounts;
  readonly friends: readonly FriendSummary[];
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
  readonly text: string;
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
  readonly kept: KeptMail;
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

export interface FriendView
  extends FriendSummary, Pick<FriendSnapshot, 'hasMet' | 'seen' | 'keepsMail' | 'queued' | 'stored'> {
  readonly keys: KeySnapshot;
  /** Named in the session's dialog, where alone they are renamed and removed. */
  readonly listed: boolean;
  /** Names of the nodes that would get a message now; empty while they are connected themselves. */
  readonly findings: readonly FindingView[];
}

export interface OutboxView extends Pick<
  OutboxRow,
  'size' | 'age' | 'remaining' | 'reason' | 'code' | 'wanted' | 'isStored' | 'pieces'
> {
  readonly messageId: string;
  readonly friend: string;
  readonly friendName: string;
  /** How the nodes that confirmed it are called. */
  readonly nodes: readonly string[];
}

/** Messages of one sender that wait for the same. */
export interface InboxView {
  readonly friend: string;
  readonly friendName: string;
  readonly state: InboxRow['state'];
  readonly count: number;
  /** Unix milliseconds of the oldest. */
  readonly receivedAt: number;
}

export interface NodeView extends Omit<NodeSnapshot, 'publicKey' | 'name'> {
  readonly publicKey: string;
  readonly name: string;
}
