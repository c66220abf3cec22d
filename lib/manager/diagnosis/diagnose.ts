import { sameBytes, toHex } from '../../bytes';
import { isStored } from '../../client/sending/queued-reasons';
import type { CodeWord } from '../../protocol/codes';
import type { PublicKey } from '../../types';
import type { ManagerParts } from '../session/build-session';
import { diagnoseFriend, diagnoseSession, type FriendSituation, type SessionSituation } from './findings';
import type { Finding } from '../events';

const DAY = 24 * 60 * 60;

/** 2026-01-01 in Unix milliseconds: no machine that runs this has a right clock that shows less. */
const EARLIEST = 1_767_225_600_000;

/** Why a message to this friend (or to any) would not go out now, or that it would. */
export function diagnose(parts: ManagerParts, attached: boolean, friend?: PublicKey): Finding[] {
  const { friends, network, client, directory, platform } = parts;
  const wall = platform.clock.wall();
  const session: SessionSituation = {
    attached,
    online: network.isOnline(),
    problem: directory.space.problem(),
    waiting: client.waiting,
    wrongClock: wall < EARLIEST || directory.ages.isWallBehind ? wall : undefined,
  };
  const asked = friends
    .list()
    .filter(({ publicKey }) => friend === undefined || sameBytes(publicKey, friend));
  const findings = asked.flatMap(({ publicKey, name }) =>
    diagnoseFriend(session, situationOf(parts, publicKey, name ?? toHex(publicKey).slice(0, 8))),
  );
  return [...diagnoseSession(session), ...findings];
}

function situationOf(parts: ManagerParts, friend: PublicKey, label: string): FriendSituation {
  const { friends, network, nodes, client, forwardSecurity, notices } = parts;
  const unfinished = client.queuedOf(friend);
  const waiting = unfinished.filter(({ entry }) => !isStored(entry));
  const candidates = nodes.candidates(friend);
  const isUnanswered = network.isUnanswered(friend);
  return {
    friend,
    label,
    online: network.isFriendOnline(friend),
    isHere: network.isProven(friend) && client.isHere(friend),
    plainClient: network.isPlainClient(friend),
    isSilent: isUnanswered || (network.isProven(friend) && !client.isHere(friend)),
    silentDays: isUnanswered ? Math.floor((nodes.silence(friend) ?? 0) / DAY) : 0,
    hasMet: nodes.hasSpoken(friend) || forwardSecurity.held.knows(friend),
    // What is kept for urgent messages is none for others.
    sendable: forwardSecurity.hasKeyFor(friend, 'ordinary') ? forwardSecurity.held.sendable(friend) : 0,
    nodes: candidates.length,
    refusal: refusalOf(parts, friend, candidates) ?? waiting[0]?.waiting?.code,
    openNodes: nodes
      .openNodesOf(friend)
      .filter((node) => !friends.has(node.publicKey))
      .map(({ toxId }) => toxId),
    queued: waiting.length,
    stored: unfinished.length - waiting.length,
    reason: waiting[0]?.waiting?.reason,
    isElsewhere: notices.has(friend, 'identity-in-use-elsewhere'),
    isRestored: notices.has(friend, 'identity-restored'),
    hadDeadKeys: notices.has(friend, 'keys-dead'),
  };
}

/** What the best of the nodes says, when every one refuses whatever is new for this friend. */
function refusalOf(
  { nodes }: Pick<ManagerParts, 'nodes'>,
  friend: PublicKey,
  candidates: readonly PublicKey[],
): CodeWord | undefined {
  const refusals = candidates.map((node) => nodes.holds.refusalOf(node, friend));
  return refusals.includes(undefined) ? undefined : refusals[0];
}
