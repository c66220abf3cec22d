import type { FriendView } from '../../sidebar/view.js';

/** How many friends are online, of those who did answer our request; undefined where nobody did. */
export function onlineCount(
  friends: readonly Pick<FriendView, 'state' | 'online'>[],
): { readonly online: number; readonly friends: number } | undefined {
  const known = friends.filter(({ state }) => state !== 'asked');
  if (known.length === 0) return undefined;
  return { online: known.filter(({ online }) => online).length, friends: known.length };
}
