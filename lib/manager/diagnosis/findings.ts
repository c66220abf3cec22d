import { toRfc3339 } from '../../protocol/spec/rfc3339';
import type { CodeWord } from '../../protocol/codes';
import type { ToxAsyncError } from '../../errors';
import type { PublicKey, QueuedReason } from '../../types';
import type { Finding, FindingParams } from '../events';
import { findingText, type FindingCode } from './finding-texts';

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

type Line = Omit<Finding, 'friend'>;

function line(level: Finding['level'], code: FindingCode, params: FindingParams = {}): Line {
  return { level, code, params, text: findingText(code, params) };
}

/** Findings about the session as a whole. */
export function diagnoseSession(session: SessionSituation): Finding[] {
  const { attached, online, problem, wrongClock, waiting } = session;
  const findings: Finding[] = [];
  if (!attached) findings.push(line('error', 'no-transport'));
  else if (!online) findings.push(line('warning', 'not-connected'));
  if (problem !== undefined) {
    const code = problem.code === 'ErrDirectoryReplaced' ? 'directory-replaced' : 'disk-full';
    findings.push(line('error', code, { problem: problem.message }));
  }
  if (wrongClock !== undefined) {
    const time = toRfc3339(Math.floor(wrongClock / 1000)) ?? '-';
    findings.push(line('warning', 'clock-off', { time }));
  }
  if (waiting > 0) findings.push(line('info', 'waiting', { count: waiting }));
  return findings;
}

/** Would an alert to this friend go out now, and if not, why. */
export function diagnoseFriend(session: SessionSituation, situation: FriendSituation): Finding[] {
  const { friend } = situation;
  const isConnected = session.attached && session.online;
  const lines = [wayOut(isConnected, situation), ...situationLines(situation)];
  return lines.flatMap((each) => (each === undefined ? [] : [{ friend, ...each }]));
}

/** Which way a message would take now, or what keeps it here. */
function wayOut(isConnected: boolean, situation: FriendSituation): Line | undefined {
  const { label: friend, plainClient, online, sendable, nodes, refusal, hasMet, isHere } = situation;
  if (plainClient) return line('info', 'plain-client', { friend });
  if (sendable === 0) return line('warning', hasMet ? 'no-prekeys' : 'never-met', { friend });
  if (!isConnected) return undefined;
  if (isHere) return line('ok', 'direct', { friend, keys: sendable });
  const place: FindingParams = { friend, ...(online && { context: 'unready' }) };
  if (nodes === 0) return line('warning', 'no-storage-node', place);
  if (refusal === undefined) return line('ok', 'stored', { ...place, count: nodes, keys: sendable });
  return line('warning', 'refused', { friend, refusal, context: REFUSALS[refusal] ?? 'later' });
}

/** Refusals with the same advice. */
const REFUSALS: Partial<Record<CodeWord, string>> = {
  'node-full': 'full',
  'node-share': 'share',
  'mailbox-share': 'share',
  rate: 'rate',
};

/** What else there is to know and to do. */
function situationLines(situation: FriendSituation): (Line | undefined)[] {
  const { label: friend, plainClient, silentDays, isSilent, queued, stored, reason } = situation;
  const isSilentLong = silentDays >= SILENT_DAYS;
  return [
    !plainClient && isSilentLong ? line('warning', 'silent-client', { friend, days: silentDays }) : undefined,
    !plainClient && isSilent && !isSilentLong ? line('warning', 'no-answer', { friend }) : undefined,
    situation.isElsewhere ? line('warning', 'elsewhere', { friend }) : undefined,
    situation.isRestored ? line('info', 'restored', { friend }) : undefined,
    situation.hadDeadKeys ? line('info', 'dead-keys', { friend }) : undefined,
    ...(plainClient ? [] : situation.openNodes).map((toxId) =>
      line('info', 'node-suggested', { friend, toxId }),
    ),
    queued > 0
      ? line('info', 'queued', { friend, count: queued, ...(reason && { reason, context: 'reason' }) })
      : undefined,
    stored > 0 ? line('info', 'kept', { friend, count: stored }) : undefined,
  ];
}
