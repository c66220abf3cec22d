import type { AsyncManager } from '../../lib/index';

/** What an InboxFanOut uses of an AsyncManager. */
export type InboxManager = Pick<AsyncManager, 'setMessageHandler' | 'acknowledge' | 'retrieve'>;

/** What the list of friends in a dialog changes. */
export type FriendsManager = Pick<
  AsyncManager,
  'addFriend' | 'removeFriend' | 'preference' | 'savePreference'
>;

/** What a Session itself uses of its AsyncManager; the nodes use more. */
export type SessionManager = Pick<AsyncManager, 'publicKey' | 'events' | 'problem' | 'start' | 'stop'> &
  InboxManager &
  FriendsManager;
