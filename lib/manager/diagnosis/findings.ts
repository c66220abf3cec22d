import { toRfc3339 } from '../../protocol/spec/rfc3339';
import type { CodeWord } from '../../protocol/codes';
import type { ToxAsyncError } from '../../errors';
import type { PublicKey, QueuedReason } from '../../types';
import type { Finding } from '../events';

/** What is known about one friend when somebody asks why an alert does not go out. */
export interface FriendSituation {
  readonly friend: PublicKey;
  readonly label: string;
  readonly online: boolean;
  /** It has a session with us and said which of its keys are alive, or may still do so. */
  readonly isHere: boolean;
  readonly plainClient: boolean;
  /** It is connected and does not answer, or not as it should. */
  readonly isSilent: boolean;
  /** Days since it last spoke the extension, while it is online and does not answer; else 0. */
  readonly silentDays: number;
  /** It ever had a session with this identity. */
  readonly hasMet: boolean;
  readonly sendable: number;
  /** Storage nodes that could take mail for this friend now. */
  readonly nodes: number;
  /** Why every one of them refuses. */
  readonly refusal: CodeWord | undefined;
  /** Tox IDs of open storage nodes that the friend polls and that are no friends of ours. */
  readonly openNodes: readonly string[];
  /** Messages that wait, and those that nodes keep. */
  readonly queued: number;
  readonly stored: number;
  readonly reason: QueuedReason | undefined;
  /** Within the last day: another copy of this identity was noticed, a restore, or keys of the friend's that died. */
  readonly isElsewhere: boolean;
  readonly isRestored: boolean;
  readonly hadDeadKeys: boolean;
}

export interface SessionSituation {
  readonly attached: boolean;
  readonly online: boolean;
  /** Why nothing new is taken. */
  readonly problem: ToxAsyncError | undefined;
  readonly waiting: number;
  /** What the wall clock shows, Unix milliseconds, when that cannot be right. */
  readonly wrongClock: number | undefined;
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
  if (session.wrongClock !== undefined) {
    findings.push({
      level: 'warning',
      code: 'clock-off',
      text: `The clock of this machine is wrong: it shows ${toRfc3339(Math.floor(session.wrongClock / 1000)) ?? 'no date at all'}. Set it, for example over the network (NTP): messages bear the wrong time, and an expiry at a time of day is not kept.`,
    });
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
  const { friend } = situation;
  const isConnected = session.attached && session.online;
  const lines = [wayOut(isConnected, situation), ...situationLines(situation)];
  return lines.flatMap((line) => (line === undefined ? [] : [{ friend, ...line }]));
}

type Line = Omit<Finding, 'friend'>;

/** Which way a message would take now, or what keeps it here. */
function wayOut(isConnected: boolean, situation: FriendSituation): Line | undefined {
  const { label, plainClient, online, sendable, nodes, refusal, hasMet, isHere } = situation;
  if (plainClient) {
    const text = `${label} uses an ordinary Tox client: messages are sent as ordinary ones, and only while you are both online.`;
    return { level: 'info', code: 'plain-client', text };
  }
  if (sendable === 0 && !hasMet) {
    const text = `${label} has never been online at the same time as this session, so there are no one-time keys yet. Check that you are friends of each other and that ${label} uses this package. Messages go out after the first time you are both online.`;
    return { level: 'warning', code: 'never-met', text };
  }
  if (sendable === 0) {
    const text = `No one-time keys for ${label} are left. ${REFRESH_HINT}`;
    return { level: 'warning', code: 'no-prekeys', text };
  }
  if (!isConnected) return undefined;
  if (isHere) {
    const text = `${label} is online: a message would be delivered at once. ${sendable} keys are left.`;
    return { level: 'ok', code: 'direct', text };
  }
  if (nodes > 0 && refusal !== undefined) {
    const text = `${label} is ${online ? 'not ready' : 'offline'}, and every storage node refuses new messages (${refusal}). ${adviceOn(refusal, label)}`;
    return { level: 'warning', code: 'refused', text };
  }
  if (nodes > 0) {
    const text = `${label} is ${online ? 'not ready' : 'offline'}: ${nodes} storage node(s) would accept a message. ${sendable} keys are left.`;
    return { level: 'ok', code: 'stored', text };
  }
  const text = `${label} is ${online ? 'not ready' : 'offline'} and no storage node that you both know is online. Add one as a friend on both sides, or wait until one is back.`;
  return { level: 'warning', code: 'no-storage-node', text };
}

function adviceOn(refusal: CodeWord, label: string): string {
  switch (refusal) {
    case 'node-full':
      return 'Give the nodes more disk space or a higher limit, or add another node.';
    case 'node-share':
    case 'mailbox-share':
      return `The room for your messages there is used up. It is free again when ${label} fetches them; another storage node gives more room.`;
    case 'rate':
      return 'Too many messages came at once. They go out more slowly, without your help.';
    default:
      return 'They are asked again automatically; add another storage node if this goes on.';
  }
}

/** What else there is to know and to do. */
function situationLines(situation: FriendSituation): (Line | undefined)[] {
  const { label, plainClient, silentDays, isSilent, queued, stored, reason } = situation;
  const when = (is: boolean, line: Line): Line | undefined => (is ? line : undefined);
  const isSilentLong = silentDays >= SILENT_DAYS;
  return [
    when(!plainClient && isSilentLong, {
      level: 'warning',
      code: 'silent-client',
      text: `${label} is online but has not answered as a user of this extension for ${silentDays} days. If ${label} now uses an ordinary Tox client, allow ordinary messages to this friend (allow-plain).`,
    }),
    when(!plainClient && isSilent && !isSilentLong, {
      level: 'warning',
      code: 'no-answer',
      text: `${label} is connected but does not answer as a user of this extension does. If that goes on, ask ${label} to restart. If ${label} is not running at all, someone else may be using their Tox profile.`,
    }),
    when(situation.isElsewhere, {
      level: 'warning',
      code: 'elsewhere',
      text: `This identity runs in a second place as well: ${label} has keys that this copy never gave out. Stop one of the copies, or messages are lost.`,
    }),
    when(situation.isRestored, {
      level: 'info',
      code: 'restored',
      text: `${label} had keys of this identity that this data directory does not have, as after a restore. Nothing is to be done: messages sealed to them are sealed again. If this is no restore, stop the other copy of this identity.`,
    }),
    when(situation.hadDeadKeys, {
      level: 'info',
      code: 'dead-keys',
      text: `${label} no longer had keys that messages were sealed to, as after a restore on their side. Nothing is to be done: the messages are sealed again with new keys.`,
    }),
    ...(plainClient ? [] : situation.openNodes).map((toxId): Line => ({
      level: 'info',
      code: 'node-suggested',
      text: `${label} fetches mail from an open storage node that is not a friend of ours. Add ${toxId} as a friend to store messages there.`,
    })),
    when(queued > 0, {
      level: 'info',
      code: 'queued',
      text: `${queued} message(s) to ${label} are waiting${reason ? `: ${reason}` : ''}.`,
    }),
    when(stored > 0, {
      level: 'info',
      code: 'kept',
      text: `${stored} message(s) are kept by storage nodes until ${label} fetches them.`,
    }),
  ];
}
