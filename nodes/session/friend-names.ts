/** Friends as flows name them: by name, by public key (64 hexadecimal digits) or by Tox ID (76). */
import { PeerSet, toHex, ToxAsyncError, type AsyncManager, type PublicKey } from '../../lib/index';
import { isBlank, textOf } from '../runtime/setting-values';

/** The names in `value`, one or a list. ErrInvalidArgument when there is none. */
export function friendTexts(value: unknown): string[] {
  // A list with gaps has undefined in them.
  const list: unknown[] = Array.isArray(value) ? Array.from(value as unknown[]) : [value];
  if (list.length === 0 || list.some(isBlank)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'No friend is given. Choose one in the node, or set msg.friend to a name, a public key or a Tox ID.',
    );
  }
  return list.map((each) => textOf(each, 'msg.friend'));
}

/** The keys of the friends in `value`, each once. ErrUnknownFriend, ErrAmbiguousFriend, ErrInvalidKey, ErrInvalidToxId. */
export function friendsOf(manager: AsyncManager, value: unknown): PublicKey[] {
  const found = new PeerSet();
  for (const text of friendTexts(value)) found.add(manager.resolveFriend(text));
  return [...found];
}

/** `friend` and, when it has one, `friendName`: how a message of a flow names a friend. */
export function friendFields(
  manager: AsyncManager,
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
