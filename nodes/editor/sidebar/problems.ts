import type { FaultView, FindingView, FriendView, SessionView } from '../../sidebar/view.js';

/** Something that keeps messages from going out, or soon will. */
export interface Problem {
  /** A word, with a text for it in the catalog (`problem.<code>`); else `text` says it. */
  readonly code: string;
  readonly level: FindingView['level'];
  /** In whole sentences, with what to do. */
  readonly text: string;
  /** The same taken apart, of a fault that the runtime tells. */
  readonly said?: FaultView['said'];
  /** Of a finding: what fills its text in the catalog (`finding.<code>`). */
  readonly params?: FindingView['params'];
  /** Whom it concerns. */
  readonly friend?: FriendView;
  readonly remedy?: 'edit' | 'renew';
}

/** Said by `trouble`, which has the session's own words. */
const SAID_BY_TROUBLE = new Set(['disk-full', 'directory-replaced']);

/** All problems of a session, the worst first. */
export function problemsOf({ trouble, open }: Pick<SessionView, 'trouble' | 'open'>): Problem[] {
  const problems: Problem[] = [];
  if (trouble) problems.push({ ...trouble, level: 'error', remedy: 'edit' });
  for (const finding of open?.findings ?? []) {
    if (finding.matters && !SAID_BY_TROUBLE.has(finding.code)) problems.push(finding);
  }
  if (open?.kept.trouble !== undefined) {
    problems.push({ ...open.kept.trouble, code: 'mail-place', level: 'warning', remedy: 'edit' });
  }
  problems.push(...(open?.friends ?? []).flatMap(ofFriend));
  const rank = ({ level }: Problem) => (level === 'error' ? 0 : 1);
  return problems.sort((a, b) => rank(a) - rank(b));
}

function ofFriend(friend: FriendView): Problem[] {
  const found = friend.findings.filter(({ matters }) => matters).map((finding) => ({ ...finding, friend }));
  return friend.keys.areLow ? [...found, keysLow(friend)] : found;
}

function keysLow(friend: FriendView): Problem {
  const isHere = friend.state === 'online';
  return {
    code: isHere ? 'keys-low-here' : 'keys-low',
    level: 'warning',
    text: '',
    friend,
    ...(isHere && { remedy: 'renew' }),
  };
}
