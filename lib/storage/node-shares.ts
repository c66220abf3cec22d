import type { MailUsage } from './message-engine';

/**
 * How a node's capacity is divided, so that no submitter can close it to the others (docs/PROTOCOL.md, storage
 * service): one part is divided evenly among the friends as guaranteed shares, the rest is first come.
 */
export interface ShareRules {
  /** Part of the capacity that is guaranteed, 0..1. */
  readonly guaranteedPart: number;
  /** Part of the rest that one submitter may take beyond its guaranteed share, 0..1. */
  readonly restPartEach: number;
  /** Part of the bytes that one submitter may have which its chunks of large messages may take, 0..1. */
  readonly chunkPart: number;
}

export interface ShareState {
  readonly capacity: MailUsage;
  readonly friends: number;
  readonly isFriend: boolean;
  /** What everybody stores. */
  readonly total: MailUsage;
  /** What this submitter stores. */
  readonly own: MailUsage;
  /** Of it, chunks of large messages; absent when what is to be stored is none. */
  readonly ownChunks?: MailUsage;
  /** What each of the other friends stores; asked for only when it decides. */
  readonly others: () => Iterable<MailUsage>;
}

/** Whether a submitter's share and the node's capacity have room. */
export type ShareVerdict = 'fits' | 'node-share' | 'node-full';

/** Whether `added` may be stored: the submitter's own share is looked at first, then the node's capacity. */
export function judgeShares(rules: ShareRules, state: ShareState, added: MailUsage): ShareVerdict {
  const measures: (keyof MailUsage)[] = ['messages', 'bytes'];
  if (measures.some((measure) => overOwnShare(rules, state, added, measure))) return 'node-share';
  if (overChunkShare(rules, state, added)) return 'node-share';
  if (measures.some((measure) => overCapacity(rules, state, added, measure))) return 'node-full';
  return 'fits';
}

/**
 * The part of the capacity that is kept for friends: less than the rules say while mail that belongs to none of
 * them (of earlier runs, say) takes more than the rest. So a share that is guaranteed can always be had.
 */
function guaranteedPool(rules: ShareRules, state: ShareState, measure: keyof MailUsage): number {
  const capacity = state.capacity[measure];
  const pool = capacity * rules.guaranteedPart;
  if (state.total[measure] <= capacity - pool) return pool;
  let ofNobody = state.total[measure] - (state.isFriend ? state.own[measure] : 0);
  for (const other of state.others()) ofNobody -= other[measure];
  return Math.max(0, Math.min(pool, capacity - ofNobody));
}

function guaranteedShare(rules: ShareRules, state: ShareState, measure: keyof MailUsage): number {
  return state.friends === 0 ? 0 : guaranteedPool(rules, state, measure) / state.friends;
}

function overOwnShare(
  rules: ShareRules,
  state: ShareState,
  added: MailUsage,
  measure: keyof MailUsage,
): boolean {
  return state.own[measure] + added[measure] > mostOf(rules, state, measure);
}

/** One large message takes as much as a hundred others: these must not find the share used up. */
function overChunkShare(rules: ShareRules, state: ShareState, added: MailUsage): boolean {
  if (!state.ownChunks) return false;
  return state.ownChunks.bytes + added.bytes > mostOf(rules, state, 'bytes') * rules.chunkPart;
}

/** What this submitter may have at most. */
function mostOf(rules: ShareRules, state: ShareState, measure: keyof MailUsage): number {
  const own = state.isFriend ? guaranteedShare(rules, state, measure) : 0;
  const rest = state.capacity[measure] * (1 - rules.guaranteedPart);
  return own + rest * rules.restPartEach;
}

/**
 * Everything that no guaranteed share covers (the excess of friends, records of earlier runs and of former
 * friends) must fit into the rest, so guaranteed shares stay free for their owners.
 */
function overCapacity(
  rules: ShareRules,
  state: ShareState,
  added: MailUsage,
  measure: keyof MailUsage,
): boolean {
  const capacity = state.capacity[measure];
  const total = state.total[measure] + added[measure];
  if (total > capacity) return true;
  const rest = capacity - guaranteedPool(rules, state, measure);
  if (total <= rest) return false;
  const guaranteed = guaranteedShare(rules, state, measure);
  const own = state.own[measure] + added[measure];
  if (state.isFriend && own <= guaranteed) return false;
  let covered = state.isFriend ? guaranteed : 0;
  for (const other of state.others()) covered += Math.min(other[measure], guaranteed);
  return total - covered > rest;
}
