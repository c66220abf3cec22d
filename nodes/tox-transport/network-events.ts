import { PeerMap, toHex, type AsyncManager, type FriendTransport, type PublicKey } from '../../lib/index';
import type { NetworkEvent } from '../session/network/connection';
import { friendFields, isFriend } from '../session/friends/friend-names';
import { requestFields } from '../session/friends/request-fields';
import type { Message } from '../runtime/runtime';

/** Whether we are online, and who we are. */
export function selfFields(manager: AsyncManager, online: boolean): Message {
  return { topic: 'tox/self', payload: online, self: toHex(manager.publicKey), toxId: manager.toxId };
}

/** The friends, each with its name and whether it is online; on Tox also with what it says of itself. */
export function friendsFields(manager: AsyncManager, tox: FriendTransport | undefined): Message {
  const details = new PeerMap<Message>();
  for (const { publicKey, ownName, statusMessage, status, lastOnline } of tox?.details() ?? []) {
    const seen = lastOnline !== undefined && { lastOnline };
    details.set(publicKey, { ownName, statusMessage, status, ...seen });
  }
  const payload = manager.friends().map(({ publicKey, online }) => ({
    ...friendFields(manager, publicKey),
    online,
    ...details.get(publicKey),
  }));
  return { topic: 'tox/friends', payload };
}

/** An ordinary message, or somebody who asks to be a friend. */
export function eventFields(
  manager: AsyncManager,
  event: Exclude<NetworkEvent, { what: 'trouble' }>,
): Message {
  if (event.what === 'request') {
    return requestFields(event);
  }
  const from = friendFields(manager, event.friend);
  return { topic: 'tox/message', payload: event.text, messageType: event.type, ...from };
}

/** What the flow hears of changes among the friends. */
export interface FriendListener {
  readonly onStatus: (friend: PublicKey, online: boolean) => void;
  /** Somebody was added, renamed or removed. */
  readonly onList: () => void;
}

/** Tells of each change once. Returns what ends it. */
export function followFriends(manager: AsyncManager, { onStatus, onList }: FriendListener): () => void {
  let listed = listOf(manager);
  const undo = [
    manager.events.on('friend-status', ({ friend, online }) => onStatus(friend, online)),
    manager.events.on('friends-changed', () => {
      const list = listOf(manager);
      if (list === listed) return;
      listed = list;
      onList();
    }),
  ];
  return () => {
    for (const each of undo) each();
  };
}

/** Tells when mail waits here for one of these friends, who is away. Returns what ends it. */
export function followMail(
  manager: AsyncManager,
  friends: readonly string[],
  tell: (msg: Message) => void,
): () => void {
  return manager.events.on('mail-waiting', ({ friend, waiting }) => {
    if (!friends.some((text) => isFriend(manager, text, friend))) return;
    tell({ topic: 'mail/waiting', payload: waiting, waiting, ...friendFields(manager, friend) });
  });
}

/** Keys and names, without who is online. */
function listOf(manager: AsyncManager): string {
  return JSON.stringify(manager.friends().map(({ publicKey }) => friendFields(manager, publicKey)));
}
