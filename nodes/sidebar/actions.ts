import {
  readFriendKey,
  toHex,
  ToxAsyncError,
  type AsyncManager,
  type FriendTransport,
  type PublicKey,
} from '../../lib/index';
import { messageIdOf } from '../runtime/message-id';
import { textOf } from '../runtime/settings/setting-values';
import type { Connection } from '../session/network/connection';
import type { Session } from '../session/session';
import { backUp, eraseData } from './data-actions';
import { whereChanged } from './friend-place';

/** What came with an order: the fields of a JSON object, unchecked. */
export type Order = Readonly<Record<string, unknown>>;
/** @param end ends the session for good */
type Act = (session: Session, order: Order, end: () => Promise<void>) => Promise<object>;

/** Characters of a test message. */
const LONGEST_TEST = 200;

/** What the sidebar can order, by the word in the address: docs/ADMIN.md. Each throws a ToxAsyncError that says what to do. */
const ACTIONS: Readonly<Record<string, Act>> = {
  retrieve: async (session) => {
    await (await session.manager()).retrieve();
    return {};
  },
  'refresh-keys': async (session, order) => {
    const manager = await session.manager();
    const friends =
      order.friend === undefined
        ? manager.friends().map(({ publicKey }) => publicKey)
        : [friendOf(manager, order)];
    const exchanges = [];
    for (const friend of friends) {
      exchanges.push({ friend: toHex(friend), state: await manager.exchangeKeys(friend) });
    }
    return { exchanges };
  },
  connect: async (session) => {
    await connectionOf(session).connect();
    session.changed.emit();
    return {};
  },
  disconnect: async (session) => {
    await connectionOf(session).disconnect();
    session.changed.emit();
    return {};
  },
  accept: async (session, order) => {
    const manager = await session.manager();
    toxOf(session);
    const friend = keyOf(order);
    if (!session.requests.has(friend)) throw noRequest();
    await manager.addFriend(friend, nameOf(order));
    session.requests.remove(friend);
    return { friend: toHex(friend) };
  },
  decline: (session, order) => {
    if (session.requests.remove(keyOf(order))) return Promise.resolve({});
    throw noRequest();
  },
  'add-friend': async (session, order) => {
    const manager = await session.manager();
    const greeting = textOf(order.message, 'The message with the request') || session.settings.name;
    const friend = await toxOf(session).addFriend(textOf(order.toxId, 'The Tox ID'), greeting);
    await manager.addFriend(friend, nameOf(order));
    return { friend: toHex(friend) };
  },
  rename: async (session, order) => {
    const manager = await session.manager();
    await manager.addFriend(changeable(session, friendOf(manager, order)), nameOf(order));
    return {};
  },
  remove: async (session, order) => {
    const manager = await session.manager();
    await manager.removeFriend(changeable(session, friendOf(manager, order)));
    return {};
  },
  cancel: async (session, order) => {
    const manager = await session.manager();
    if (await manager.cancel(friendOf(manager, order), messageIdOf(order.messageId))) return {};
    throw new ToxAsyncError('ErrMessageNotFound', 'The message is no longer in the outbox: it has ended.');
  },
  test: async (session, order) => {
    const manager = await session.manager();
    const text = textOf(order.text, 'The test message').slice(0, LONGEST_TEST);
    const { messageId, reason } = await manager.sendAsyncMessage(friendOf(manager, order), text);
    return { messageId: toHex(messageId), ...(reason !== undefined && { reason }) };
  },
  'back-up': backUp,
  'erase-data': eraseData,
};

/** undefined for a word that is none. */
export function actionNamed(name: string): Act | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}

/** @throws ErrUnknownFriend, ErrAmbiguousFriend, ErrInvalidKey, ErrInvalidToxId */
function friendOf(manager: AsyncManager, { friend }: Order): PublicKey {
  return manager.resolveFriend(textOf(friend, 'The friend'));
}

/** Of somebody who is no friend yet. @throws ErrInvalidKey, ErrInvalidToxId */
function keyOf({ friend }: Order): PublicKey {
  const key = readFriendKey(textOf(friend, 'The friend'));
  if (key !== undefined) return key;
  throw new ToxAsyncError('ErrInvalidKey', 'Give the public key (64 digits) of the person who asks.');
}

function nameOf({ name }: Order): string | undefined {
  return textOf(name, 'The name') || undefined;
}

/** @throws ErrInvalidArgument they are changed elsewhere */
function changeable(session: Session, friend: PublicKey): PublicKey {
  switch (whereChanged(session, friend)) {
    case 'here':
      return friend;
    case 'dialog':
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        "This friend is named in the session's dialog. Rename or remove them there, and deploy.",
      );
    case 'nowhere':
      throw virtualFriends();
  }
}

/** @throws ErrNotConnected */
function connectionOf({ transport }: Session): Connection {
  if (transport.connection !== undefined) return transport.connection;
  throw new ToxAsyncError(
    'ErrNotConnected',
    'This session has no tox transport of this Node-RED. Add one that uses it, and deploy.',
  );
}

/** @throws ErrNotConnected, ErrInvalidArgument */
function toxOf(session: Session): FriendTransport {
  const { tox } = connectionOf(session);
  if (tox !== undefined) return tox;
  throw virtualFriends();
}

function virtualFriends(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'On a virtual network, all sessions are friends under their own names. Friends are added, renamed and removed on Tox alone.',
  );
}

function noRequest(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrUnknownFriend',
    'This request is no longer here: somebody decided on it, or Node-RED was restarted. It comes again while they ask.',
  );
}
