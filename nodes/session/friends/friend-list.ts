import { fromHex, readFriendKey, toHex, ToxAsyncError, type PublicKey } from '../../../lib/index';
import { nodeError } from '../../runtime/node-error';
import { settingText } from '../../runtime/settings/settings';
import { textsIn } from '../../runtime/settings/preference-texts';
import type { FriendsManager } from '../session-manager';
import type { FriendSetting } from '../session-settings';

/** Keys of the friends that the dialog's list named last time. */
const LISTED = 'friends-listed';

/**
 * Makes the session's friends those of the dialog's list: adds and renames, and removes the ones that were in the
 * list before and are no longer. Friends that came another way stay. A bad entry stops none of the others; what is
 * wrong with it is returned. While there is one, nobody is removed: it may stand for a friend of the list before (a
 * variable that is not set, a key with a digit lost), and a removed friend's keys and mail are gone for good.
 */
export async function syncFriends(
  manager: FriendsManager,
  friends: readonly FriendSetting[],
): Promise<Error[]> {
  const wrong: Error[] = [];
  const listed = new Set<string>();
  for (const { name, key } of friends) {
    try {
      const publicKey = publicKeyOf(settingText(key, 'The key of a friend'));
      listed.add(toHex(publicKey));
      await addUnderName(manager, publicKey, name);
    } catch (error) {
      wrong.push(nodeError(error));
    }
  }
  const before = textsIn(manager.preference(LISTED));
  if (wrong.length > 0) {
    await manager.savePreference(LISTED, [...new Set([...before, ...listed])]);
    return wrong;
  }
  for (const key of before) {
    const publicKey = listed.has(key) ? undefined : fromHex(key);
    if (publicKey !== undefined) await manager.removeFriend(publicKey);
  }
  await manager.savePreference(LISTED, [...listed]);
  return wrong;
}

/** A name that cannot be used does not keep its owner from being a friend. */
async function addUnderName(manager: FriendsManager, publicKey: PublicKey, name: string): Promise<void> {
  try {
    await manager.addFriend(publicKey, settingText(name, 'The name of a friend') || undefined);
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrInvalidArgument', 'ErrMalformed', 'ErrEnvironment'))
      await manager.addFriend(publicKey);
    throw error;
  }
}

/** The public key in a public key of 64 digits or a Tox ID of 76. ErrInvalidKey, ErrInvalidToxId. */
export function publicKeyOf(text: string): PublicKey {
  const key = readFriendKey(text);
  if (key !== undefined) return key;
  throw new ToxAsyncError(
    'ErrInvalidKey',
    `The friend list entry "${text.slice(0, 8)}…" is neither a public key (64 hexadecimal digits) nor a Tox ID (76).`,
  );
}
