import type { Duplex } from 'node:stream';
import type { ManagerParts } from './build-session';
import type { SessionFriends } from '../friends/session-friends';

/** What a session offers to lib/control alone. */
export interface SessionControl {
  /**
   * Sends a friend request, and has a friend from then on. False where nobody is asked to be a friend, or not now.
   * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient, ErrInvalidArgument, ErrStore, ErrLocalStorageFull
   */
  requestFriend(toxId: string, greeting: string): Promise<boolean>;
  /** Who takes connections of this user's other processes to the lock of the data directory. */
  onVisit(receive: (visitor: Duplex) => void): void;
}

/** Both of them for one session. */
export function sessionControl(
  { directory }: Pick<ManagerParts, 'directory'>,
  friends: Pick<SessionFriends, 'request'>,
): SessionControl {
  return {
    requestFriend: (toxId, greeting) => friends.request(toxId, greeting),
    onVisit: (receive) => directory.onVisit?.(receive),
  };
}
