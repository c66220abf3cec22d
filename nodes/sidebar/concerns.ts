import type { Finding, FriendSnapshot, SessionSnapshot } from '../../lib/index';
import type { FindingView, KeysView, SessionSummary } from './view';

/** Seconds after which a session that still connects is worth a word. */
const PATIENCE = 60;
/** Keys that last for fewer days than this are low. */
const FEW_DAYS = 3;
/** Findings about a friend that matter only while a message waits. */
const ONLY_IF_WAITING = new Set(['never-met', 'no-storage-node', 'refused']);

const LEVELS = ['ok', 'info', 'warning', 'error'] as const;

/** @param wanted whether the session is meant to be online */
export function sessionFindings({ findings, since = 0 }: SessionSnapshot, wanted: boolean): FindingView[] {
  const isPatient = !wanted || since < PATIENCE;
  return findings.map((finding) => viewOf(finding, !(finding.code === 'not-connected' && isPatient)));
}

export function friendFindings({ findings, queued }: FriendSnapshot): FindingView[] {
  return findings.map((finding) => viewOf(finding, queued > 0 || !ONLY_IF_WAITING.has(finding.code)));
}

export function keysView({ keys, hasMet, plainClient }: FriendSnapshot): KeysView {
  const { sendable, full, low, days, receivable } = keys;
  const areFew = sendable < low || (days !== undefined && days < FEW_DAYS);
  const areLow = hasMet && !plainClient && sendable > 0 && areFew;
  return { sendable, full, areLow, ...(days !== undefined && { days }), receivable };
}

/** The worst of what matters. */
export function worstOf(snapshot: SessionSnapshot, wanted: boolean): SessionSummary['worst'] {
  const findings = [...sessionFindings(snapshot, wanted), ...snapshot.friends.flatMap(friendFindings)];
  const levels = findings.filter(({ matters }) => matters).map(({ level }) => LEVELS.indexOf(level));
  if (snapshot.friends.some((friend) => keysView(friend).areLow)) levels.push(LEVELS.indexOf('warning'));
  return LEVELS[Math.max(0, ...levels)] ?? 'ok';
}

function viewOf({ level, code, params, text }: Finding, isTimely: boolean): FindingView {
  return { level, code, params, text, matters: isTimely && (level === 'warning' || level === 'error') };
}
