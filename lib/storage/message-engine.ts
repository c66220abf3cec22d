/**
 * Where a storage node's mail lies. MessageStorage (policy) knows only this interface, so an engine that spans
 * machines fits. The engine keeps time itself: ages and keeping times are seconds on its own clock.
 */
export interface MessageEngine {
  /** Stores one envelope; the id must not be in this mailbox yet. Durable when it resolves. */
  put(mail: NewMail): Promise<void>;
  /** undefined when it is not there or its time is over. */
  get(mailbox: Uint8Array, storageId: Uint8Array): Promise<StoredMail | undefined>;
  /**
   * A further deposit of the same envelope: keeping time becomes max(what is left, keepSeconds) and its age
   * counts from now. False when it is not there.
   */
  renew(mailbox: Uint8Array, storageId: Uint8Array, keepSeconds: number): Promise<RenewedMail | undefined>;
  /** Entries after `cursor` (0: from the start) in the order of arrival, expired ones left out. */
  page(mailbox: Uint8Array, cursor: number, max: number): Promise<MailPage>;
  /** True when it was there. */
  delete(mailbox: Uint8Array, storageId: Uint8Array): Promise<boolean>;
  /** Live and expired-but-unswept records of one submitter, in one mailbox and in all. */
  countInMailbox(mailbox: Uint8Array, submitter: Uint8Array): number;
  bytesOfSubmitter(submitter: Uint8Array): { messages: number; bytes: number };
  /** Deletes records whose time is over, at most `max`; returns how many. */
  expire(max: number): Promise<number>;
  stats(): EngineStats;
}

export interface NewMail {
  /** 32 bytes. */
  readonly mailbox: Uint8Array;
  /** 16 bytes. */
  readonly storageId: Uint8Array;
  /** 16-byte mark of who submitted; says nothing to a reader of the disk. */
  readonly submitter: Uint8Array;
  readonly envelope: Uint8Array;
  readonly keepSeconds: number;
}

export interface MailEntry {
  readonly cursor: number;
  readonly storageId: Uint8Array;
  /** 16 bytes, from the envelope's header. */
  readonly tag: Uint8Array;
  /** Seconds since the last deposit. */
  readonly age: number;
}

export interface StoredMail extends MailEntry {
  readonly envelope: Uint8Array;
  /** Seconds until it expires. */
  readonly remaining: number;
}

export interface RenewedMail {
  readonly remaining: number;
}

export interface MailPage {
  readonly items: MailEntry[];
  readonly more: boolean;
}

export interface EngineStats {
  readonly messages: number;
  /** Envelope bytes. */
  readonly bytes: number;
  readonly mailboxes: number;
  /** Seconds since the last deposit of the record that was stored first; undefined when empty. */
  readonly oldestAge: number | undefined;
}
