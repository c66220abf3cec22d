import {
  MAX_LIVE_BATCHES_PER_PEER,
  MAX_LIVE_KEYS_PER_PEER,
  MAX_MESSAGE_LIFETIME,
  MAX_PRE_KEY_AGE,
  PRE_KEYS_PER_PEER,
  PRE_KEY_REFRESH_THRESHOLD,
  RESERVED_KEYS_PER_PEER,
  URGENT_KEYS_PER_PEER,
} from '../constants';

const DAY = 24 * 60 * 60;

/** The specification's constants of key life, as options; times in seconds. */
export interface KeyLimits {
  readonly preKeysPerPeer: number;
  readonly preKeyRefreshThreshold: number;
  readonly maxPreKeyAge: number;
  /** Of each stock, kept for sending new keys by mail. */
  readonly reservedKeysPerPeer: number;
  /** Beside these, of each stock, kept for urgent messages; at most an eighth of preKeysPerPeer. */
  readonly urgentKeysPerPeer: number;
  readonly maxLiveKeysPerPeer: number;
  readonly maxLiveBatchesPerPeer: number;
  readonly maxMessageLifetime: number;
}

/** The specification's constants, and ours beside them. */
export const DEFAULT_KEY_LIMITS: KeyLimits = {
  preKeysPerPeer: PRE_KEYS_PER_PEER,
  preKeyRefreshThreshold: PRE_KEY_REFRESH_THRESHOLD,
  maxPreKeyAge: MAX_PRE_KEY_AGE,
  reservedKeysPerPeer: RESERVED_KEYS_PER_PEER,
  urgentKeysPerPeer: URGENT_KEYS_PER_PEER,
  maxLiveKeysPerPeer: MAX_LIVE_KEYS_PER_PEER,
  maxLiveBatchesPerPeer: MAX_LIVE_BATCHES_PER_PEER,
  maxMessageLifetime: MAX_MESSAGE_LIFETIME,
};

/**
 * Which keys of a stock may be used: 'keys' (by mail) every one, 'sendable' all but those that are kept for keys by mail,
 * 'ordinary' all but these and those that are kept for urgent messages.
 */
export type KeyUse = 'keys' | 'sendable' | 'ordinary';

/** How many keys of a stock stay for others. */
export function keysKeptFrom(use: KeyUse, limits: KeyLimits): number {
  if (use === 'keys') return 0;
  return limits.reservedKeysPerPeer + (use === 'ordinary' ? urgentKeys(limits) : 0);
}

/**
 * How many keys of a stock are kept for urgent messages: so few that the owner gives new ones, which it does below the
 * threshold, before ordinary messages have none.
 */
export function urgentKeys(limits: KeyLimits): number {
  const { urgentKeysPerPeer, preKeysPerPeer, preKeyRefreshThreshold, reservedKeysPerPeer } = limits;
  const most = Math.min(Math.floor(preKeysPerPeer / 8), preKeyRefreshThreshold - reservedKeysPerPeer - 1);
  return Math.max(0, Math.min(urgentKeysPerPeer, most));
}

/** An exchange without an answer is sent again with the same bytes up to this age. */
export const EXCHANGE_RETRY_AGE = 14 * DAY;
/** A batch taken is remembered this long, so that it is never added twice. */
export const BATCH_MEMORY = 60 * DAY;
/** Most batches of one peer remembered: at the cap an old one goes for each that comes. */
export const MAX_REMEMBERED_BATCHES = 65_536;
/** Not before this age is a batch forgotten for another: mail that brings its keys lives 7 days, and may come late. */
export const BATCH_FORGETTABLE_AFTER = 15 * DAY;
/** Most keys of one peer held; beyond it an exchange is refused. */
export const MAX_HELD_KEYS_PER_PEER = 600;
/** Keys that a peer gets in this many seconds beside those that it uses: 16 full stocks. */
export const ISSUE_BUDGET = 1664;
export const ISSUE_BUDGET_REFILL = 3600;
/** Slack of an owner's erasure over the sender's last use. */
export const ERASE_SLACK = DAY;
/** Keys that were erased unused are remembered this long (30 + 14 + 1 days), and so many of one peer. */
export const ERASED_MEMORY = 45 * DAY;
export const MAX_ERASED_KEYS_PER_PEER = 1024;
/** Batches sent by mail that wait for their acknowledgement; then the newest of them goes out again. */
export const MAX_MAILED_BATCHES = 3;
