/** Friends as flows name them: by name, by public key (64 hexadecimal digits) or by Tox ID (76). */
import { PeerSet, toHex, ToxAsyncError, type AsyncManager, type PublicKey } from '../../../lib/index';
import { nodeError } from '../../runtime/node-error';
import { isBlank, textOf } from '../../runtime/settings/setting-values';

/** A friend as a message names it, or what is wrong with that entry of a list. */
export type GivenName = string | Error;

/** The names in `value`, one or a list; a bad entry stops none of the others. ErrInvalidArgument when there is none. */
export function friendTexts(value: unknown): GivenName[] {
  // A list with gaps has undefined in them.
  const list: unknown[] = Array.isArray(value) ? Array.from(value as unknown[]) : [value];
  if (list.every(isBlank)) throw noFriend();
  return list.map((each) => {
    try {
      return isBlank(each) ? noFriend() : textOf(each, 'msg.friend');
    } catch (error) {
      return nodeError(error);
    }
  });
}

/** A name that is none, and why: ErrUnknownFriend, ErrAmbiguousFriend, ErrInvalidKey, ErrInvalidToxId, … */
export interface BadName {
  /** undefined for an entry that cannot be a name. */
  readonly name: string | undefined;
  readonly error: Error;
}

/** Friends that were named, each once, and the names that are none: one stops none of the others. */
export interface NamedFriends {
  readonly friends: readonly PublicKey[];
  readonly bad: readonly BadName[];
}

export function findFriends(manager: AsyncManager, names: readonly GivenName[]): NamedFriends {
  const friends = new PeerSet();
  const bad: BadName[] = [];
  for (const name of new Set(names)) {
    if (typeof name !== 'string') {
      bad.push({ name: undefined, error: name });
      continue;
    }
    try {
      friends.add(manager.resolveFriend(name));
    } catch (error) {
      bad.push({ name, error: nodeError(error) });
    }
  }
  return { friends: [...friends], bad };
}

/** `friend` and, when it has one, `friendName`: how a message of a flow names a friend. */
export function friendFields(
  manager: Pick<AsyncManager, 'nameOf'>,
  friend: PublicKey,
): { friend: string; friendName?: string } {
  const friendName = manager.nameOf(friend);
  return { friend: toHex(friend), ...(friendName !== undefined && { friendName }) };
}

/** Whether `sender` is the friend that `text` names; nobody is, while the name is unknown or two friends have it. */
export function isFriend(manager: AsyncManager, text: string, sender: PublicKey): boolean {
  try {
    return toHex(manager.resolveFriend(text)) === toHex(sender);
  } catch (error) {
    if (ToxAsyncError.is(error)) return false;
    throw error;
  }
}

function noFriend(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'No friend is given. Choose one in the node, or set msg.friend to a name, a public key or a Tox ID.',
  );
}
