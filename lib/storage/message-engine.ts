import type { ToxAsyncError } from '../errors';
import type { MailLimits, MailVerdict } from './mail-limits';

/**
 * Where a storage node's mail lies. MessageStorage (policy) knows only this interface, so an engine that spans
 * machines fits. The engine keeps time itself: ages and keeping times are seconds on its own clock.
 * Every engine passes one suite (testing/engine/message-engine-suite.ts).
 */
export interface MessageEngine extends MailCounts {
  /**
   * Stores one envelope, unless that overruns a limit: the engine judges and stores in one step, also where several
   * processes share it. Durable when it resolves with `stored`. Live mail that lies there already is `known` and stays
   * as it is.
   * @param limits without them everything is taken
   * @throws ErrInvalidArgument when the envelope names another mailbox; ErrLocalStorageFull, ErrStore, ErrDatabase,
   * ErrClosed when it could not be made durable
   */
  put(mail: NewMail, limits?: MailLimits): Promise<PutAnswer>;
  /**
   * undefined when it is not there or its time is over. Where the disk spoiled an envelope the engine may give what
   * is left of it: MessageStorage compares its hash.
   */
  get(mailbox: Uint8Array, storageId: Uint8Array): Promise<StoredMail | undefined>;
  /**
   * A further deposit of the same envelope: keeping time becomes max(what is left, keepSeconds) and its age
   * counts from now. undefined when it is not there or its time is over.
   */
  renew(mailbox: Uint8Array, storageId: Uint8Array, keepSeconds: number): Promise<RenewedMail | undefined>;
  /** Entries after `cursor` (0: from the start) in the order of arrival, expired ones left out. */
  page(mailbox: Uint8Array, cursor: number, max: number): Promise<MailPage>;
  /** True when it was there. */
  delete(mailbox: Uint8Array, storageId: Uint8Array): Promise<boolean>;
  /** Deletes records whose time is over, at most `max`; returns how many. */
  expire(max: number): Promise<number>;
  /**
   * What an engine that spans machines has to ask for; unlike the counts it may take a while.
   * @throws ErrStore, ErrDatabase, ErrClosed
   */
  stats(): Promise<EngineStats>;
  /**
   * Hears of each mailbox in which mail arrived, by whichever process, within about a second. A mailbox may be named
   * again without new mail. Gives what ends it.
   */
  onMail(listener: (mailbox: Uint8Array) => void): () => void;
  /** Whether it works; it never throws. */
  health(): EngineHealth;
  /** Hears of each change of `health`. Gives what ends it. */
  onHealth(listener: () => void): () => void;
}

/**
 * Live records and expired ones that are not yet swept, as this process sees them. Its own puts count from the moment
 * of their call; what other processes did shows at most 2 s later.
 */
export interface MailCounts {
  /** Records in one mailbox, of one submitter or (without it) of all. */
  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number;
  /** What one submitter has in all mailboxes; `bytes` are envelope bytes. */
  bytesOfSubmitter(submitter: Uint8Array): MailUsage;
  /** Of the records of one submitter, in one mailbox or (without it) in all, those of CHUNK_ENVELOPE_BYTES. */
  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number;
  /** Messages and envelope bytes in all. */
  total(): MailUsage;
}

/** What became of an envelope: a refusal names the limit that it would overrun. */
export type PutAnswer = 'stored' | 'known' | Exclude<MailVerdict, 'fits'>;

/** Whether an engine works. */
export type EngineHealth =
  | { readonly state: 'ok' }
  /** It works, but with less safety than was asked for; the text says what to do. */
  | { readonly state: 'degraded'; readonly text: string }
  /** It cannot be used for now; it keeps trying. `wasReady`: it has been usable since it was opened. */
  | { readonly state: 'down'; readonly error: ToxAsyncError; readonly wasReady: boolean };

/** What is wrong, and what to do; undefined when all is well. */
export function troubleIn(health: EngineHealth): string | undefined {
  if (health.state === 'ok') return undefined;
  return health.state === 'down' ? health.error.message : health.text;
}

/** One envelope to store. */
export interface NewMail {
  /** 32 bytes; the one the envelope names. */
  readonly mailbox: Uint8Array;
  /** 16 bytes. */
  readonly storageId: Uint8Array;
  /** 16-byte mark of who submitted; says nothing to a reader of the disk. */
  readonly submitter: Uint8Array;
  readonly envelope: Uint8Array;
  readonly keepSeconds: number;
}

/** One envelope as a mailbox lists it. */
export interface MailEntry {
  /** Rises with each arrival and is never used twice. */
  readonly cursor: number;
  readonly storageId: Uint8Array;
  /** 16 bytes, from the envelope's header. */
  readonly tag: Uint8Array;
  /** Seconds since the last deposit. */
  readonly age: number;
}

/** One envelope with its bytes. */
export interface StoredMail extends MailEntry {
  readonly envelope: Uint8Array;
  /** Seconds until it expires. */
  readonly remaining: number;
}

/** What a further deposit gave. */
export interface RenewedMail {
  readonly remaining: number;
}

/** Part of a mailbox. */
export interface MailPage {
  readonly items: MailEntry[];
  readonly more: boolean;
}

/** Messages and their bytes, of whatever is counted. */
export interface MailUsage {
  readonly messages: number;
  readonly bytes: number;
}

/** What an engine holds. */
export interface EngineStats extends MailUsage {
  /** Mailboxes with at least one record. */
  readonly mailboxes: number;
  /** Seconds since the last deposit of the record that was stored first; undefined when empty. */
  readonly oldestAge: number | undefined;
}
