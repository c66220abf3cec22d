/** The list of friends in the session dialog. */
import { isVariable } from '../fields/variables.js';
import type { EditedNode } from '../node.js';
import { publicKeyIn } from './friend-key.js';
import { keyReason } from './validators.js';

export interface FriendEntry {
  readonly name: string;
  readonly key: string;
}

/** What is wrong with the list of friends, in words. */
export function friendsReason(
  node: Pick<EditedNode, '_'>,
  friends: readonly FriendEntry[],
): string | undefined {
  const seen = new Map<string, string>();
  for (const { name, key } of friends) {
    const called = name || `${key.slice(0, 8)}…`;
    if (isVariable(key)) continue;
    const reason = key === '' ? node._('storage-node.error.noKey') : keyReason(node, key);
    if (reason !== undefined) return node._('storage-node.error.friend', { name: called, reason });
    const other = seen.get(publicKeyIn(key));
    if (other !== undefined) return node._('storage-node.error.sameKey', { name: called, other });
    if (name !== '' && [...seen.values()].includes(name))
      return node._('storage-node.error.sameName', { name });
    seen.set(publicKeyIn(key), called);
  }
  return undefined;
}
