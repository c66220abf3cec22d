import {
  DEFAULT_COPIES,
  MAX_INBOX_BYTES,
  MAX_INBOX_MESSAGES,
  MAX_OUTBOX_BYTES,
  MAX_OUTBOX_MESSAGES,
  MAX_STORAGE_TIME,
  URGENT_OUTBOX_MESSAGES,
} from '../constants';

/** Limits of one client, as options. */
export interface ClientLimits {
  /** Storage nodes that should hold a copy. */
  readonly copies: number;
  /** Messages in the outbox, for one friend half as many. */
  readonly outboxMessages: number;
  /** Their kept bytes, shared in the same way. */
  readonly outboxBytes: number;
  /** An urgent message without room gets in all the same while fewer than so many urgent ones are there. */
  readonly outboxUrgent: number;
  /** Messages waiting for a handler, of one friend half as many; beyond it mail stays where it is. */
  readonly inboxMessages: number;
  /** Bytes waiting for a handler or kept free for large messages, shared in the same way. */
  readonly inboxBytes: number;
  /** Longest a node keeps mail, seconds. */
  readonly maxStorageTime: number;
}

/** The limits of a client that names none. */
export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  copies: DEFAULT_COPIES,
  outboxMessages: MAX_OUTBOX_MESSAGES,
  outboxBytes: MAX_OUTBOX_BYTES,
  outboxUrgent: URGENT_OUTBOX_MESSAGES,
  inboxMessages: MAX_INBOX_MESSAGES,
  inboxBytes: MAX_INBOX_BYTES,
  maxStorageTime: MAX_STORAGE_TIME,
};

const DAY = 24 * 60 * 60;
/** Tombstones, owed receipts and late receipts outlive the message by this much: a clock may stand still. */
export const MEMORY_AFTER_LIFE = 30 * DAY;
/** A delete that a node did not take by then is moot: the node has dropped the mail itself. */
export const OWED_DELETE_AGE = DAY;
/** Most receipts in one message. */
export const RECEIPTS_PER_MESSAGE = 41;
/** Times one message may be resealed in one meeting: a brake against two running copies of an identity. */
export const RESEALS_PER_MEETING = 3;
