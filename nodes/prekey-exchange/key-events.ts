import { PeerMap, PeerSet, toHex, type AsyncManager, type PublicKey } from '../../lib/index';
import { friendFields } from '../session/friends/friend-names';
import type { Message } from '../runtime/runtime';

interface KeyCounts {
  readonly sendable: number;
  readonly issued: number;
}

/**
 * Leads the session's key events to `send`, each as a message with its topic. `concerns` says whether an event about
 * this friend is wanted. Returns what ends it.
 */
export function followKeyEvents(
  manager: AsyncManager,
  concerns: (friend: PublicKey) => boolean,
  send: (msg: Message) => void,
): () => void {
  const tell = (topic: string, friend: PublicKey, payload: unknown, more?: Message) => {
    if (concerns(friend)) send({ topic, payload, ...friendFields(manager, friend), ...more });
  };
  /** Friends whose exchange of this meeting was reported. */
  const met = new PeerSet();
  /** Exchanges of which only one half is known so far. */
  const halves = new PeerMap<KeyCounts>();
  const exchanged = (friend: PublicKey, counts: KeyCounts) => {
    halves.delete(friend);
    met.add(friend);
    tell('keys/exchanged', friend, counts);
  };
  const { events } = manager;
  const undo = [
    events.on('keys-exchanged', ({ friend, ...counts }) => {
      if (met.has(friend)) return;
      if (counts.sendable > 0 && counts.issued > 0) exchanged(friend, counts);
      else halves.set(friend, counts);
    }),
    events.on('friend-status', ({ friend, online }) => {
      if (online) return;
      const half = halves.get(friend);
      if (half !== undefined) exchanged(friend, half);
      met.delete(friend);
    }),
    events.on('keys-low', ({ friend, ...payload }) => tell('keys/low', friend, payload)),
    events.on('keys-exhausted', ({ friend }) => tell('keys/exhausted', friend, { sendable: 0 })),
    events.on('keys-refused', ({ friend, ...payload }) => tell('keys/refused', friend, payload)),
    events.on('identity-in-use-elsewhere', ({ friend }) => tell('keys/elsewhere', friend, true)),
    events.on('message-lost', ({ friend, messageId }) => {
      const id = toHex(messageId);
      tell('message/lost', friend, id, { messageId: id });
    }),
    events.on('node-suggested', ({ friend, toxId }) => tell('node/suggested', friend, toxId)),
  ];
  return () => {
    for (const each of undo) each();
  };
}
