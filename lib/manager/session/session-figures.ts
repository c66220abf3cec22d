import { toHex } from '../../bytes';
import type { PreKeyStats } from '../../client/messages';
import type { ManagerParts } from './build-session';
import type { FriendInfo, SessionCounts } from '../options';

/** Public key in hex -> keys of that friend. */
export function keyStatsOf({ friends, forwardSecurity }: ManagerParts): Map<string, PreKeyStats> {
  const { held, issued } = forwardSecurity;
  return new Map(
    friends.list().map(({ publicKey }) => [
      toHex(publicKey),
      {
        sendable: held.sendable(publicKey),
        held: held.held(publicKey),
        issued: issued.liveCount(publicKey),
      },
    ]),
  );
}

/** What a status line says of a session. */
export function countsOf(
  { client, nodes, network }: ManagerParts,
  friends: readonly FriendInfo[],
): SessionCounts {
  return {
    queued: client.queued,
    stored: client.stored,
    unfinished: client.queued + client.stored,
    waiting: client.waiting,
    failed: client.failed,
    friends: friends.length,
    online: friends.filter(({ online }) => online).length,
    nodes: nodes.polled().filter((node) => network.isProven(node)).length,
  };
}
