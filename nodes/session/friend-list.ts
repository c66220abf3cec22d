import {
  fromHex,
  parseToxId,
  toHex,
  ToxAsyncError,
  type AsyncManager,
  type PublicKey,
} from '../../lib/index';
import { nodeError } from '../runtime/node-error';
import type { FriendSetting } from './session-settings';

/** Keys of the friends that the dialog's list named last time. */
const LISTED = 'friends-listed';

/**
 * Makes the session's friends those of the dialog's list: adds and renames, and removes the ones that were in the
 * list before and are no longer. Friends that came another way stay. A bad entry stops none of the others; what is
 * wrong with it is returned.
 */
export async function syncFriends(
  manager: AsyncManager,
  friends: readonly FriendSetting[],
): Promise<Error[]> {
  const wrong: Error[] = [];
  const listed = new Set<string>();
  for (const { name, key } of friends) {
    try {
      const publicKey = publicKeyOf(key);
      await manager.addFriend(publicKey, name === '' ? undefined : name);
      listed.add(toHex(publicKey));
    } catch (error) {
      wrong.push(nodeError(error));
    }
  }
  const before = manager.preference(LISTED);
  for (const key of Array.isArray(before) ? before : []) {
    const publicKey = typeof key === 'string' && !listed.has(key) ? fromHex(key) : undefined;
    if (publicKey !== undefined) await manager.removeFriend(publicKey);
  }
  await manager.savePreference(LISTED, [...listed]);
  return wrong;
}

/** The public key in a public key of 64 digits or a Tox ID of 76. ErrInvalidKey, ErrInvalidToxId. */
export function publicKeyOf(text: string): PublicKey {
  if (text.length === 76) return parseToxId(text).publicKey;
  const key = fromHex(text);
  if (key?.length === 32) return key;
  throw new ToxAsyncError(
    'ErrInvalidKey',
    `An entry of a list of friends, "${text.slice(0, 8)}…", is neither a public key (64 hexadecimal digits) nor a Tox ID (76).`,
  );
}
