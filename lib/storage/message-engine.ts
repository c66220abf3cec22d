/**
 * Where a storage node's mail lies. MessageStorage (policy) knows only this interface, so an engine that spans
 * machines fits. The engine keeps time itself: ages and keeping times are seconds on its own clock.
 * Every engine passes one suite (testing/engine/message-engine-suite.ts).
 */
export interface MessageEngine {
  /**
   * Stores one envelope. Durable when it resolves.
   * @throws ErrInvalidArgument when the id is already in this mailbox, or the envelope names another mailbox;
   * ErrLocalStorageFull, ErrStore, ErrClosed when it could not be made durable
   */
  put(mail: NewMail): Promise<void>;
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
  /**
   * Records in one mailbox, of one submitter or (without it) of all. Like the next three it counts
   * live records, expired ones that are not yet swept, and every `put` from the moment of its call.
   */
  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number;
  /** What one submitter has in all mailboxes; `bytes` are envelope bytes. */
  bytesOfSubmitter(submitter: Uint8Array): MailUsage;
  /** Of the records of one submitter, in one mailbox or (without it) in all, those of CHUNK_ENVELOPE_BYTES. */
  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number;
  /** Messages and envelope bytes in all. */
  total(): MailUsage;
  /** Deletes records whose time is over, at most `max`; returns how many. */
  expire(max: number): Promise<number>;
  /** What an engine that spans machines has to ask for; unlike the counts above it may take a while. @throws ErrStore, ErrClosed */
  stats(): Promise<EngineStats>;
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
