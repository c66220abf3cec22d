import { compareBytes } from '../../bytes';
import { isStored } from '../../client/sending/queued-reasons';
import { PRE_KEYS_PER_PEER, PRE_KEY_REFRESH_THRESHOLD, RESERVED_KEYS_PER_PEER } from '../../constants';
import type { PublicKey } from '../../types';
import type { ManagerParts } from '../session/build-session';
import { diagnose } from '../diagnosis/diagnose';
import type { Finding } from '../events';
import type { FriendInfo } from '../options';
import { countsOf } from '../session/session-figures';
import type { FriendSnapshot, KeptMail, NodeSnapshot, SessionSnapshot, SnapshotOptions } from './snapshot';

/** What the session looks like now. @param friends as SessionFriends lists them */
export function takeSnapshot(
  parts: ManagerParts,
  attached: boolean,
  friends: readonly FriendInfo[],
  { outboxRows = 50, inboxRows = 50 }: SnapshotOptions = {},
): SessionSnapshot {
  const { identity, network, client, directory, presence } = parts;
  const findings = diagnose(parts, attached);
  const since = presence.since;
  return {
    publicKey: identity.keyPair.publicKey,
    toxId: identity.toxId,
    attached,
    online: network.isOnline(),
    ...(since !== undefined && { since }),
    engine: directory.store.engine,
    counts: countsOf(parts, friends),
    friends: friends.map((friend) => friendOf(parts, friend, findings)),
    outbox: client.overview.outbox(outboxRows),
    inbox: client.overview.inbox(inboxRows),
    nodes: nodesOf(parts),
    kept: keptOf(parts),
    findings: findings.filter((finding) => finding.friend === undefined),
  };
}

function friendOf(parts: ManagerParts, info: FriendInfo, findings: readonly Finding[]): FriendSnapshot {
  const { nodes, forwardSecurity, client, keyUse } = parts;
  const { publicKey } = info;
  const { held, issued } = forwardSecurity;
  const unfinished = client.queuedOf(publicKey);
  const stored = unfinished.filter(({ entry }) => isStored(entry)).length;
  const sendable = held.sendable(publicKey);
  const days = keyUse.daysFor(publicKey, sendable);
  const seen = info.online ? 0 : seenOf(parts, publicKey);
  return {
    ...info,
    hasMet: nodes.hasSpoken(publicKey) || held.knows(publicKey),
    ...(seen !== undefined && { seen }),
    keepsMail: nodes.isStorageNode(publicKey),
    keys: {
      sendable,
      full: PRE_KEYS_PER_PEER,
      low: PRE_KEY_REFRESH_THRESHOLD,
      ...(days !== undefined && { days }),
      receivable: Math.max(0, issued.liveCount(publicKey) - RESERVED_KEYS_PER_PEER),
    },
    queued: unfinished.length - stored,
    stored,
    findings: findings.filter(({ friend }) => friend !== undefined && compareBytes(friend, publicKey) === 0),
  };
}

/** Seconds; after a restart no better than to the hour. */
function seenOf({ presence, nodes }: ManagerParts, friend: PublicKey): number | undefined {
  return presence.seen(friend) ?? nodes.silence(friend);
}

const HEALTH = ['good', 'doubtful', 'bad'] as const;

function nodesOf({ nodes, friends, network, client }: ManagerParts): NodeSnapshot[] {
  return nodes
    .polled()
    .sort(compareBytes)
    .map((publicKey) => {
      const name = friends.nameOf(publicKey);
      const refusal = nodes.holds.fullRefusalOf(publicKey);
      const asked = client.overview.asked(publicKey);
      return {
        publicKey,
        ...(name !== undefined && { name }),
        here: network.isProven(publicKey),
        acceptsStores: nodes.isStorageNode(publicKey),
        openNode: nodes.isOpenNode(publicKey),
        holdsMail: nodes.holdsMail(publicKey),
        health: HEALTH[nodes.gradeOf(publicKey)],
        ...(refusal !== undefined && { refusal }),
        ...(asked !== undefined && { asked }),
      };
    });
}

function keptOf({ storage, friends }: ManagerParts): KeptMail {
  const { totalMessages, bytes, capacityBytes, freeBytes, trouble } = storage.getStorageStats();
  return {
    role: storage.role,
    messages: totalMessages,
    friends: friends.list().filter(({ publicKey }) => storage.countWaiting(publicKey) > 0).length,
    bytes,
    capacityBytes,
    ...(freeBytes !== undefined && { freeBytes }),
    ...(trouble !== undefined && { trouble }),
  };
}
