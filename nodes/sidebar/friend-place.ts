import { readFriendKey, toHex, type PublicKey } from '../../lib/index';
import type { Session } from '../session/session';
import type { FriendView } from './view';

/** Where a friend is renamed and removed: what is changed elsewhere would be as before at the next start. */
export function whereChanged({ settings, transport }: Session, friend: PublicKey): FriendView['changed'] {
  const { connection } = transport;
  if (connection !== undefined && connection.tox === undefined) return 'nowhere';
  return settings.friends.some(({ key }) => keyIn(key) === toHex(friend)) ? 'dialog' : 'here';
}

/** undefined for what is no key. */
function keyIn(text: string): string | undefined {
  try {
    const key = readFriendKey(text);
    return key && toHex(key);
  } catch {
    return undefined;
  }
}
