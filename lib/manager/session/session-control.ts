import type { Duplex } from 'node:stream';
import type { Outcome } from '../../client/messages';
import type { PublicKey } from '../../types';
import type { ManagerParts } from './build-session';
import type { SessionFriends } from '../friends/session-friends';

/** What an outcome says of the way of a message. */
export type Progress = Pick<Outcome, 'state' | 'reason' | 'code' | 'nodes' | 'wanted' | 'mayArrive'>;

/** What a session offers to lib/control alone. */
export interface SessionControl {
  /**
   * Sends a friend request, and has a friend from then on. False where nobody is asked to be a friend, or not now.
   * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient, ErrInvalidArgument, ErrStore, ErrLocalStorageFull
   */
  requestFriend(toxId: string, greeting: string): Promise<boolean>;
  /** How a message fares or ended, while that is remembered; undefined when there is no such message. */
  progressOf(friend: PublicKey, messageId: Uint8Array): Progress | undefined;
  /** A message whose handler resolved with 'later' could not be handled: it waits for `retrieve` with `again`, or the next start. */
  giveBack(friend: PublicKey, messageId: Uint8Array): void;
  /** Who takes connections of this user's other processes to the lock of the data directory. */
  onVisit(receive: (visitor: Duplex) => void): void;
}

/** Both of them for one session. */
export function sessionControl(
  { directory, client }: Pick<ManagerParts, 'directory' | 'client'>,
  friends: Pick<SessionFriends, 'request'>,
): SessionControl {
  return {
    requestFriend: (toxId, greeting) => friends.request(toxId, greeting),
    progressOf: (friend, messageId) =>
      client.outcomes.find(friend, messageId) ?? underWay(client, friend, messageId),
    giveBack: (friend, messageId) => client.giveBack(friend, messageId),
    onVisit: (receive) => directory.onVisit?.(receive),
  };
}

function underWay(
  { overview }: Pick<ManagerParts['client'], 'overview'>,
  friend: PublicKey,
  messageId: Uint8Array,
): Progress | undefined {
  const row = overview.message(friend, messageId);
  if (row === undefined) return undefined;
  const { isStored, overdue, reason, code, nodes, wanted } = row;
  const state = isStored ? 'stored' : overdue === undefined ? 'queued' : 'overdue';
  return { state, ...(reason && { reason }), ...(code && { code }), nodes: nodes.length, wanted };
}
