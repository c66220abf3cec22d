import { MAX_MESSAGES_PER_RECIPIENT, MAX_STORAGE_TIME } from '../constants';

/** Every limit of a storage node with its default. */
export const STORAGE_LIMITS = {
  /** Longest time mail is kept after its last deposit, seconds (specification). */
  maxStorageTime: MAX_STORAGE_TIME,
  /** Messages of one submitter in one mailbox. */
  maxMessagesPerRecipient: MAX_MESSAGES_PER_RECIPIENT,
  /** Of these, chunks of large messages: the others stay free for what people write. */
  maxChunksPerRecipient: 60,
  /** Part of the bytes that one submitter may have which chunks may take. */
  chunkPart: 0.5,
  /** New messages one submitter may store at once, and a second after that. */
  storeBurst: 400,
  storesPerSecond: 20,
  /** Part of the capacity that is divided evenly among the friends. */
  guaranteedPart: 0.5,
  /** Part of the rest that one submitter may take beyond its guaranteed share. */
  restPartEach: 0.25,
  /** Records a sweep deletes before it lets others work: a few milliseconds of work, on a Pi as well. */
  sweepSlice: 50,
} as const;

/** The limits of a storage node, as options. */
export type StorageLimits = { readonly [Name in keyof typeof STORAGE_LIMITS]: number };
