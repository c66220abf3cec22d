import type { ToxAsyncError } from '../../errors';
import type { PublicKey, QueuedReason } from '../../types';
import type { Finding } from '../events';

/** What is known about one friend when somebody asks why an alert does not go out. */
export interface FriendSituation {
  readonly friend: PublicKey;
  readonly label: string;
  readonly online: boolean;
  readonly session: boolean;
  readonly plainClient: boolean;
  /** Days since it last spoke the extension, while it is online and does not answer; else 0. */
  readonly silentDays: number;
  readonly sendable: number;
  /** Storage nodes that could take mail for this friend now. */
  readonly nodes: number;
  /** Tox IDs of open storage nodes that the friend polls and that are no friends of ours. */
  readonly openNodes: readonly string[];
  readonly queued: number;
  readonly reason: QueuedReason | undefined;
}

export interface SessionSituation {
  readonly attached: boolean;
  readonly online: boolean;
  /** Why nothing new is taken. */
  readonly problem: ToxAsyncError | undefined;
  readonly waiting: number;
}

/** After this many days without a word an ordinary client is suspected. */
const SILENT_DAYS = 30;

const REFRESH_HINT = 'New ones arrive automatically when you are both online.';

/** Findings about the session as a whole. */
export function diagnoseSession(session: SessionSituation): Finding[] {
  const findings: Finding[] = [];
  if (!session.attached) {
    findings.push({
      level: 'error',
      code: 'no-transport',
      text: 'This session is not attached to a Tox network. Add a tox-transport node that uses it.',
    });
  } else if (!session.online) {
    findings.push({
      level: 'warning',
      code: 'not-connected',
      text: 'The Tox network is not connected. Messages wait here until it is.',
    });
  }
  if (session.problem !== undefined) {
    const code = session.problem.code === 'ErrDirectoryReplaced' ? 'directory-replaced' : 'disk-full';
    findings.push({ level: 'error', code, text: session.problem.message });
  }
  if (session.waiting > 0) {
    findings.push({
      level: 'info',
      code: 'waiting',
      text: `${session.waiting} received message(s) are waiting for a receive-async node that accepts them.`,
    });
  }
  return findings;
}

/** Would an alert to this friend go out now, and if not, why. */
export function diagnoseFriend(session: SessionSituation, situation: FriendSituation): Finding[] {
  const { friend, label, plainClient, online, sendable, nodes, queued } = situation;
  const findings: Finding[] = [];
  const add = (level: Finding['level'], code: string, text: string) =>
    findings.push({ friend, level, code, text });
  if (plainClient) {
    add(
      'info',
      'plain-client',
      `${label} uses an ordinary Tox client: messages are sent as ordinary ones, and only while you are both online.`,
    );
  } else if (sendable === 0) {
    add('warning', 'no-prekeys', `No one-time keys for ${label} are left. ${REFRESH_HINT}`);
  } else if (session.attached && session.online && situation.session) {
    add(
      'ok',
      'direct',
      `${label} is online: a message would be delivered at once. ${sendable} keys are left.`,
    );
  } else if (session.attached && session.online && nodes > 0) {
    add(
      'ok',
      'stored',
      `${label} is offline: ${nodes} storage node(s) would accept a message. ${sendable} keys are left.`,
    );
  } else if (session.attached && session.online) {
    add(
      'warning',
      'no-storage-node',
      `${label} is ${online ? 'not ready' : 'offline'} and no storage node that you both know is online.`,
    );
  }
  if (!plainClient && situation.silentDays >= SILENT_DAYS) {
    add(
      'warning',
      'silent-client',
      `${label} is online but has not answered as a user of this extension for ${situation.silentDays} days. If ${label} now uses an ordinary Tox client, allow ordinary messages to this friend (allow-plain).`,
    );
  }
  for (const toxId of plainClient ? [] : situation.openNodes) {
    add(
      'info',
      'node-suggested',
      `${label} fetches mail from an open storage node that is not a friend of ours. Add ${toxId} as a friend to store messages there.`,
    );
  }
  if (queued > 0) {
    add(
      'info',
      'queued',
      `${queued} message(s) to ${label} are waiting${situation.reason ? `: ${situation.reason}` : ''}.`,
    );
  }
  return findings;
}
