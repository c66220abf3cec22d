import { ToxAsyncError, type AsyncManager, type FriendTransport, type PublicKey } from '../../lib/index';
import { nodeError } from '../runtime/node-error';
import type { Message } from '../runtime/runtime';
import type { Connection } from '../session/network/connection';
import { findFriends, friendFields, type GivenName } from '../session/friends/friend-names';
import { friendsFields, selfFields } from './network-events';
import type { ChangeOrder, ToxOrder } from './order';

/** What an action leads to. */
export interface Done {
  /** What makes the message an answer; undefined when there is none. */
  readonly answer?: Message;
  /** What went wrong with some of the friends; it stopped none of the others. */
  readonly failures: readonly Error[];
}

/** Sends an ordinary message. There is no answer: a message that was sent must not be taken for one that came. */
export async function sendMessage(
  { text, type, friends }: Extract<ToxOrder, { action: 'send' }>,
  manager: AsyncManager,
  connection: Connection,
): Promise<Done> {
  const named = findFriends(manager, friends);
  const sent = await Promise.allSettled(named.friends.map((friend) => connection.send(friend, type, text)));
  const failed = sent.filter((each) => each.status === 'rejected');
  return {
    failures: [...named.bad.map(({ error }) => error), ...failed.map(({ reason }) => nodeError(reason))],
  };
}

/** @throws ErrInvalidArgument on a virtual network, and what the change itself throws */
export async function change(
  order: ChangeOrder,
  manager: AsyncManager,
  connection: Connection,
): Promise<Done> {
  const tox = toxOf(connection);
  switch (order.action) {
    case 'add-friend': {
      const friend = await tox.addFriend(order.toxId, order.greeting);
      return befriended(order.name, manager, tox, friend);
    }
    case 'accept':
      return befriended(order.name, manager, tox, order.friend);
    case 'remove-friend':
      return forEachFriend(order.friends, manager, tox, (friend) => manager.removeFriend(friend));
    case 'allow-plain':
      return forEachFriend(order.friends, manager, tox, (friend) =>
        manager.allowPlainMessages(friend, order.allowed),
      );
    case 'set-name':
      await tox.setName(order.name);
      break;
    case 'set-status':
      if (order.status !== undefined) await tox.setStatus(order.status);
      if (order.text !== undefined) await tox.setStatusMessage(order.text);
      break;
  }
  return { answer: selfFields(manager, manager.isOnline()), failures: [] };
}

async function forEachFriend(
  names: readonly GivenName[],
  manager: AsyncManager,
  tox: FriendTransport,
  act: (friend: PublicKey) => Promise<void>,
): Promise<Done> {
  const { friends, bad } = findFriends(manager, names);
  for (const friend of friends) await act(friend);
  const answer = friends.length > 0 && { answer: friendsFields(manager, tox) };
  return { ...answer, failures: bad.map(({ error }) => error) };
}

/** Who asks us, or was asked by us, is a friend from now on, under the name that the flow gives. */
async function befriended(
  name: string,
  manager: AsyncManager,
  tox: FriendTransport,
  friend: PublicKey,
): Promise<Done> {
  await manager.addFriend(friend, name === '' ? undefined : name);
  return { answer: { ...friendsFields(manager, tox), ...friendFields(manager, friend) }, failures: [] };
}

function toxOf({ tox }: Connection): FriendTransport {
  if (tox) return tox;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'On a virtual network, all sessions are friends under their own names. Use mode libtoxcore to add friends or set names.',
  );
}
