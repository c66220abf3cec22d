import { toHex, type AsyncManager } from '../../lib/index';
import type { PlainMessage } from '../shared/connection';
import { friendFields } from '../shared/friends';
import type { Message } from '../shared/runtime';

/** Whether we are online, and who we are. */
export function selfFields(manager: AsyncManager, online: boolean): Message {
  return { topic: 'tox/self', payload: online, self: toHex(manager.publicKey), toxId: manager.toxId };
}

/** The friends, each with its name and whether it is online. */
export function friendsFields(manager: AsyncManager): Message {
  const payload = manager
    .friends()
    .map(({ publicKey, online }) => ({ ...friendFields(manager, publicKey), online }));
  return { topic: 'tox/friends', payload };
}

export function plainMessage(manager: AsyncManager, { friend, type, text }: PlainMessage): Message {
  return { topic: 'tox/message', payload: text, messageType: type, ...friendFields(manager, friend) };
}

/** Tells `send` of changes on the network, each once. Returns what ends it. */
export function followNetwork(manager: AsyncManager, send: (msg: Message) => void): () => void {
  let listed = listOf(manager);
  const undo = [
    manager.events.on('friend-status', ({ friend, online }) => {
      send({ topic: 'tox/status', payload: online, ...friendFields(manager, friend) });
    }),
    manager.events.on('friends-changed', () => {
      const list = listOf(manager);
      if (list === listed) return;
      listed = list;
      send(friendsFields(manager));
    }),
  ];
  return () => {
    for (const each of undo) each();
  };
}

/** Keys and names, without who is online. */
function listOf(manager: AsyncManager): string {
  return JSON.stringify(manager.friends().map(({ publicKey }) => friendFields(manager, publicKey)));
}
