import {
  folderBytes,
  PeerMap,
  systemPlatform,
  toHex,
  type AsyncManager,
  type FriendDetails,
  type FriendSnapshot,
  type PublicKey,
  type SessionSnapshot,
} from '../../lib/index';
import { errorCode } from '../runtime/node-error';
import type { Session } from '../session/session';
import { friendFindings, keysView, sessionFindings, worstOf } from './concerns';
import { whereChanged } from './friend-place';
import { faultView, inboxViews, keptView, nodeView, outboxView, secondsSince } from './row-views';
import type {
  FriendState,
  FriendSummary,
  FriendView,
  OpenSessionView,
  SessionState,
  SessionSummary,
  SessionView,
} from './view';

/** One session for a list, and for a friend picker. */
export function sessionSummary(id: string, session: Session): SessionSummary {
  const snapshot = session.open?.snapshot({ outboxRows: 0, inboxRows: 0 });
  const details = detailsOf(session);
  return {
    ...headOf(id, session, snapshot),
    friends: snapshot?.friends.map((friend) => friendSummary(friend, details)) ?? [],
  };
}

/** Everything that the sidebar shows of one session. */
export async function sessionView(id: string, session: Session): Promise<SessionView> {
  const manager = session.open;
  if (manager === undefined) return headOf(id, session, undefined);
  const snapshot = manager.snapshot();
  const head = headOf(id, session, snapshot);
  return { ...head, open: await openView(session, manager, snapshot) };
}

function headOf(
  id: string,
  session: Session,
  snapshot: SessionSnapshot | undefined,
): Omit<SessionSummary, 'friends'> {
  const { trouble } = session;
  return {
    id,
    name: session.settings.name,
    state: stateOf(session, snapshot),
    worst: worstIn(session, snapshot),
    ...(trouble && { trouble: { code: errorCode(trouble), ...faultView(trouble) } }),
    ...(snapshot && { toxId: snapshot.toxId, counts: snapshot.counts }),
  };
}

function worstIn(session: Session, snapshot: SessionSnapshot | undefined): SessionSummary['worst'] {
  if (session.trouble !== undefined) return 'error';
  return snapshot === undefined ? 'ok' : worstOf(snapshot, isWanted(session, snapshot));
}

function stateOf(session: Session, snapshot: SessionSnapshot | undefined): SessionState {
  if (session.trouble !== undefined) return 'error';
  if (snapshot === undefined) return 'opening';
  if (!snapshot.attached) return 'no-transport';
  if (session.transport.connection?.wanted === false) return 'offline';
  return snapshot.online ? 'online' : 'connecting';
}

/** Whether it is meant to be online. */
function isWanted({ transport }: Session, { attached }: SessionSnapshot): boolean {
  return transport.connection?.wanted ?? attached;
}

async function openView(
  session: Session,
  manager: AsyncManager,
  snapshot: SessionSnapshot,
): Promise<OpenSessionView> {
  const details = detailsOf(session);
  const nameOf = (publicKey: PublicKey) => manager.nameOf(publicKey) ?? '';
  const isFriend = new Set(snapshot.friends.map(({ publicKey }) => toHex(publicKey)));
  const bytes = await folderBytes(systemPlatform.disk, session.settings.dataDir);
  return {
    publicKey: toHex(snapshot.publicKey),
    ...(snapshot.since !== undefined && { since: snapshot.since }),
    engine: snapshot.engine,
    network: networkOf(session, snapshot),
    wanted: isWanted(session, snapshot),
    folder: { path: session.settings.dataDir, ...(bytes !== undefined && { bytes }) },
    requests: session.requests
      .list()
      .map(({ publicKey, text, at }) => ({ publicKey: toHex(publicKey), text, age: manager.age - at }))
      .filter(({ publicKey }) => !isFriend.has(publicKey)),
    friends: snapshot.friends.map((friend) => friendView(session, friend, details)),
    outbox: snapshot.outbox.map((row) => outboxView(row, nameOf)),
    inbox: inboxViews(snapshot.inbox, nameOf),
    nodes: snapshot.nodes.map(nodeView),
    kept: keptView(snapshot.kept),
    findings: sessionFindings(snapshot, isWanted(session, snapshot)),
  };
}

function networkOf(session: Session, { attached }: SessionSnapshot): OpenSessionView['network'] {
  const { connection } = session.transport;
  if (connection === undefined) return attached ? 'bridge' : 'none';
  return connection.tox === undefined ? 'virtual' : 'tox';
}

function detailsOf({ transport }: Session): PeerMap<FriendDetails> | undefined {
  const tox = transport.connection?.tox;
  return tox && new PeerMap(tox.details().map((each) => [each.publicKey, each] as const));
}

function friendView(
  session: Session,
  friend: FriendSnapshot,
  details: PeerMap<FriendDetails> | undefined,
): FriendView {
  const summary = friendSummary(friend, details);
  const { hasMet, keepsMail, queued, stored } = friend;
  const lastOnline = details?.get(friend.publicKey)?.lastOnline;
  const seen = least(friend.seen, lastOnline === undefined ? undefined : secondsSince(lastOnline));
  return {
    ...summary,
    hasMet,
    ...(seen !== undefined && { seen }),
    keepsMail,
    queued,
    stored,
    keys: keysView(friend),
    changed: whereChanged(session, friend.publicKey),
    findings: friendFindings(friend),
  };
}

function least(...numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function friendSummary(friend: FriendSnapshot, details: PeerMap<FriendDetails> | undefined): FriendSummary {
  const { name = '', publicKey, online } = friend;
  return { name, publicKey: toHex(publicKey), online, state: friendState(friend, details) };
}

function friendState(
  { publicKey, online, session, plainClient, hasMet }: FriendSnapshot,
  details: PeerMap<FriendDetails> | undefined,
): FriendState {
  if (plainClient) return 'plain';
  if (online) return session ? 'online' : 'connected';
  if (hasMet) return 'away';
  const known = details?.get(publicKey);
  return known !== undefined && known.lastOnline === undefined ? 'asked' : 'never-met';
}
