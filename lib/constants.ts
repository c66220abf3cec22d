/**
 * Every constant of the specification (docs/SPECIFICATION.md#constants-and-limits) under its own name and with its own
 * value, and the limits that this implementation adds. Durations are seconds, sizes are bytes.
 */

/** Largest message before encryption, bytes (specification; also Tox's own limit for a message). */
export const MAX_MESSAGE_SIZE = 1372;
/** Largest payload of a message before it is deflated, and after, bytes (256 KB). */
export const MAX_PAYLOAD_SIZE = 262_144;
/** Longest time a storage node keeps mail, seconds (specification: 24 h). */
export const MAX_STORAGE_TIME = 24 * 60 * 60;
/** Anti-spam limit of one mailbox; counted per (recipient, submitter). */
export const MAX_MESSAGES_PER_RECIPIENT = 100;
/** Bytes that NaCl's box adds (specification). */
export const ENCRYPTION_OVERHEAD = 16;

/** One-time keys a peer holds of ours when its stock is full (specification). */
export const PRE_KEYS_PER_PEER = 100;
/** Below this many keys the stock is topped up (specification). */
export const PRE_KEY_REFRESH_THRESHOLD = 20;
/** Age at which a sender stops using a pre-key, seconds (specification: 30 days). */
export const MAX_PRE_KEY_AGE = 30 * 24 * 60 * 60;

/** Smallest capacity of a storage node, messages (specification). */
export const MIN_STORAGE_CAPACITY = 1536;
/** Largest capacity of a storage node, messages (specification). */
export const MAX_STORAGE_CAPACITY = 1_536_000;
/** Share of the available disk space that a storage node offers, percent (specification). */
export const STORAGE_PERCENTAGE = 1;

/** MIN_STORAGE_CAPACITY in bytes (the specification's 1 MB). */
export const MIN_STORAGE_BYTES = 1_000_000;
/** MAX_STORAGE_CAPACITY in bytes (the specification's 1 GB). */
export const MAX_STORAGE_BYTES = 1_000_000_000;

/** An ordinary text message (docs/SPECIFICATION.md#message-types). */
export const MESSAGE_TYPE_NORMAL = 0;
/** An action, as "/me waves" (docs/SPECIFICATION.md#message-types). */
export const MESSAGE_TYPE_ACTION = 1;

/**
 * The specification's message types (docs/SPECIFICATION.md#message-types). Larger numbers are ours: see
 * docs/PROTOCOL.md.
 */
export const MessageType = {
  Normal: MESSAGE_TYPE_NORMAL,
  Action: MESSAGE_TYPE_ACTION,
} as const;
/** MESSAGE_TYPE_NORMAL or MESSAGE_TYPE_ACTION. */
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Longest label of a message, bytes of UTF-8. */
export const MAX_LABEL_BYTES = 255;
/** Keys beyond PRE_KEYS_PER_PEER that are kept for sending new keys by mail; they seal nothing else. */
export const RESERVED_KEYS_PER_PEER = 4;
/** Of each friend's keys, kept for urgent messages. */
export const URGENT_KEYS_PER_PEER = 8;
/** Most secrets of one-time keys that we keep alive for one peer. */
export const MAX_LIVE_KEYS_PER_PEER = 300;
/** Most batches of one-time keys that are alive for one peer; a state message has room for these. */
export const MAX_LIVE_BATCHES_PER_PEER = 16;
/** Life of a message when the caller names none, seconds (7 days). */
export const DEFAULT_MESSAGE_LIFETIME = 7 * 24 * 60 * 60;
/** Longest life of a message, seconds (14 days). */
export const MAX_MESSAGE_LIFETIME = 14 * 24 * 60 * 60;
/** Storage nodes that should hold a copy of each message. */
export const DEFAULT_COPIES = 3;
/** Most messages in the outbox. */
export const MAX_OUTBOX_MESSAGES = 4096;
/** Places for urgent messages that find none among these. */
export const URGENT_OUTBOX_MESSAGES = 64;
/** Most bytes of messages in the outbox, as they are kept: deflated where that makes them smaller. */
export const MAX_OUTBOX_BYTES = 64_000_000;
/** Messages waiting in the inbox for a handler; beyond it mail stays at the nodes. */
export const MAX_INBOX_MESSAGES = 1000;
/** Most bytes in the inbox, with the room that large messages will take which are not complete. */
export const MAX_INBOX_BYTES = 64_000_000;
/** Shortest passphrase of a backup, characters: the file may lie anywhere. */
export const MIN_BACKUP_PASSPHRASE = 8;
/** Storage role's own cap in a new session, bytes. */
export const DEFAULT_STORAGE_CAP_BYTES = 64_000_000;
