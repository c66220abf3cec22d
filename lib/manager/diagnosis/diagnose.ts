import { sameBytes, toHex } from '../../bytes';
import type { PublicKey } from '../../types';
import type { ManagerParts } from '../build-session';
import { diagnoseFriend, diagnoseSession, type SessionSituation } from './findings';
import type { Finding } from '../events';

const DAY = 24 * 60 * 60;

/** Why a message to this friend (or to any) would not go out now, or that it would. */
export function diagnose(parts: ManagerParts, attached: boolean, friend?: PublicKey): Finding[] {
  const { friends, network, nodes, client, directory, forwardSecurity } = parts;
  const session: SessionSituation = {
    attached,
    online: network.isOnline(),
    problem: directory.space.problem(),
    waiting: client.waiting,
  };
  const asked = friends
    .list()
    .filter(({ publicKey }) => friend === undefined || sameBytes(publicKey, friend));
  const findings = asked.flatMap(({ publicKey, name }) => {
    const waiting = client.queuedOf(publicKey);
    return diagnoseFriend(session, {
      friend: publicKey,
      label: name ?? toHex(publicKey).slice(0, 8),
      online: network.isFriendOnline(publicKey),
      session: network.isProven(publicKey),
      plainClient: network.isPlainClient(publicKey),
      silentDays: network.isUnanswered(publicKey) ? Math.floor((nodes.silence(publicKey) ?? 0) / DAY) : 0,
      sendable: forwardSecurity.held.sendable(publicKey),
      nodes: nodes.candidates(publicKey).length,
      openNodes: nodes
        .openNodesOf(publicKey)
        .filter((node) => !friends.has(node.publicKey))
        .map(({ toxId }) => toxId),
      queued: waiting.length,
      reason: waiting[0]?.waiting?.reason,
    });
  });
  return [...diagnoseSession(session), ...findings];
}
