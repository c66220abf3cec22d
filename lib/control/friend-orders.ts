import { toHex } from '../bytes';
import { ToxAsyncError } from '../errors';
import { readFriendKey } from '../identity/friend-text';
import { parseToxId, pastedDigits } from '../identity/tox-id';
import type { AsyncManager } from '../manager/async-manager';
import type { PublicKey } from '../types';
import type { ControlAnswers, ControlRequest, FriendAnswer } from './requests';

type FriendOrder = Extract<ControlRequest, { ask: `${string}-friend` }>;

/** What friends are changed with. */
export type FriendManager = Pick<
  AsyncManager,
  'friends' | 'addFriend' | 'removeFriend' | 'resolveFriend' | 'control'
>;

/**
 * Changes the friends of a session.
 * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient, ErrInvalidArgument, ErrUnknownFriend, ErrAmbiguousFriend,
 * ErrNotConnected, ErrStore, ErrLocalStorageFull
 */
export async function changeFriends(
  manager: FriendManager,
  order: FriendOrder,
): Promise<ControlAnswers[FriendOrder['ask']]> {
  switch (order.ask) {
    case 'add-friend': {
      const { publicKey } = parseToxId(pastedDigits(order.toxId));
      if (!(await manager.control.requestFriend(order.toxId, order.greeting))) throw cannotAsk();
      await manager.addFriend(publicKey, order.name);
      return friendAnswer(manager, publicKey);
    }
    case 'accept-friend': {
      const key = readFriendKey(order.key);
      if (key === undefined) throw notAKey();
      await manager.addFriend(key, order.name);
      return friendAnswer(manager, key);
    }
    case 'rename-friend': {
      const key = manager.resolveFriend(order.friend);
      await manager.addFriend(key, order.name);
      return friendAnswer(manager, key);
    }
    case 'remove-friend': {
      const key = manager.resolveFriend(order.friend);
      const removed = friendAnswer(manager, key);
      await manager.removeFriend(key);
      return removed;
    }
  }
}

/** All friends, by name. */
export function friendAnswers(manager: Pick<AsyncManager, 'friends'>): FriendAnswer[] {
  return manager.friends().map(({ publicKey, name, online }) => ({
    publicKey: toHex(publicKey),
    ...(name !== undefined && { name }),
    online,
  }));
}

function friendAnswer(manager: Pick<AsyncManager, 'friends'>, key: PublicKey): FriendAnswer {
  const digits = toHex(key);
  const found = friendAnswers(manager).find(({ publicKey }) => publicKey === digits);
  return found ?? { publicKey: digits, online: false };
}

function cannotAsk(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrNotConnected',
    'This session is not connected by libtoxcore now, so it cannot send a friend request. Start its transport, and try again.',
  );
}

function notAKey(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidKey',
    'Give the public key (64 digits) or the Tox ID (76 digits) of the friend.',
  );
}
