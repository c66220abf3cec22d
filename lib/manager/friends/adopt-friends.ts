import { ToxAsyncError } from '../../errors';
import type { FriendBook } from '../../identity/friend-book';
import { usableName } from '../../identity/friend-name';
import { shortKey } from '../../identity/short-key';
import type { FoundFriend } from '../../identity/tox-profile';
import type { Logger } from '../../types';

/**
 * Makes friends of those that a profile or a network brings along. Their names and keys are other people's strings: one
 * that cannot be used costs that name, or that friend, and a line in the log.
 * @throws ErrStore, ErrLocalStorageFull
 */
export async function adoptFriends(
  friends: FriendBook,
  found: Iterable<FoundFriend>,
  log: Logger,
): Promise<void> {
  for (const { publicKey, name, garbledName } of found) {
    const usable = name === undefined ? undefined : usableName(name);
    const isKnown = friends.has(publicKey);
    if (isKnown && (usable === undefined || usable === friends.nameOf(publicKey))) continue;
    try {
      await friends.add(publicKey, usable);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrInvalidKey', 'ErrInvalidRecipient')) throw error;
      log.warn(`The friend ${shortKey(publicKey)} was left out: ${error.message}`);
      continue;
    }
    if (garbledName === true || (name !== undefined && usable === undefined)) {
      log.warn(
        `The name of the friend ${shortKey(publicKey)} cannot be used, so this friend has none here. Give them one under Friends.`,
      );
    }
  }
}
