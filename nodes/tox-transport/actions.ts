import { ToxAsyncError, type AsyncManager, type FriendTransport } from '../../lib/index';
import type { Connection } from '../session/connection';
import { publicKeyOf } from '../session/friend-list';
import { friendFields, friendsOf } from '../session/friend-names';
import { payloadText } from '../runtime/payload';
import type { Message } from '../runtime/runtime';
import { choiceOf, isBlank, textOf } from '../runtime/setting-values';
import { friendsFields, selfFields } from './network-events';
import { GREETING } from './tox-connection';

/** Actions that need a connection, and leave it as it is. */
export const ACTIONS = ['send', 'add-friend', 'accept', 'remove-friend', 'set-name', 'set-status'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Does what a message asks for. Resolves with what makes the message an answer; undefined when there is none: an
 * ordinary message that was sent must not be taken for one that came.
 */
export async function perform(
  action: Action,
  msg: Message & Record<string, unknown>,
  manager: AsyncManager,
  connection: Connection,
): Promise<Message | undefined> {
  if (action === 'send') {
    await sendMessage(msg, manager, connection);
    return undefined;
  }
  const tox = toxOf(connection);
  switch (action) {
    case 'add-friend': {
      const greeting = textOf(msg.message, 'msg.message') || GREETING;
      const friend = await tox.addFriend(keyText(msg.friend), greeting);
      return befriended(msg, manager, tox, friend);
    }
    case 'accept':
      return befriended(msg, manager, tox, publicKeyOf(keyText(msg.friend)));
    case 'remove-friend':
      for (const friend of friendsOf(manager, msg.friend)) await manager.removeFriend(friend);
      return friendsFields(manager, tox);
    case 'set-name':
      await tox.setName(textOf(msg.payload, 'msg.payload'));
      return selfFields(manager, manager.isOnline());
    case 'set-status':
      await setStatus(msg, tox);
      return selfFields(manager, manager.isOnline());
  }
}

async function sendMessage(
  msg: Message & Record<string, unknown>,
  manager: AsyncManager,
  connection: Connection,
): Promise<void> {
  const text = payloadText(msg.payload);
  const type = choiceOf(msg.messageType, ['normal', 'action'], 'normal', 'messageType');
  const friends = friendsOf(manager, msg.friend);
  // Each gets it, though another one is offline.
  const results = await Promise.allSettled(friends.map((friend) => connection.send(friend, type, text)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Who asks us, or was asked by us, is a friend from now on, under the name that the flow gives. */
async function befriended(
  msg: Message & Record<string, unknown>,
  manager: AsyncManager,
  tox: FriendTransport,
  friend: Uint8Array,
): Promise<Message> {
  const name = textOf(msg.name, 'msg.name');
  await manager.addFriend(friend, name === '' ? undefined : name);
  return { ...friendsFields(manager, tox), ...friendFields(manager, friend) };
}

async function setStatus(msg: Message & Record<string, unknown>, tox: FriendTransport): Promise<void> {
  const { payload } = msg;
  if (isBlank(msg.status) && (payload === undefined || payload === null)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'Set msg.status to "available", "away" or "busy", msg.payload to a text for friends to see, or both.',
    );
  }
  const status = choiceOf(msg.status, ['available', 'away', 'busy'], 'available', 'msg.status');
  if (!isBlank(msg.status)) await tox.setStatus(status);
  if (payload !== undefined && payload !== null) {
    await tox.setStatusMessage(textOf(payload, 'msg.payload'));
  }
}

function keyText(friend: unknown): string {
  const text = textOf(friend, 'msg.friend');
  if (text !== '') return text;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'Set msg.friend to the full Tox ID (76 digits) of a friend to add, or the public key of a friend to accept.',
  );
}

function toxOf({ tox }: Connection): FriendTransport {
  if (tox) return tox;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'On a virtual network, all sessions are friends under their own names. Use mode libtoxcore to add friends or set names.',
  );
}
