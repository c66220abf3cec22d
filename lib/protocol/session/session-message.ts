import type { CodeWord, ReceiptCode } from '../codes';
import type { FleetCertificate } from '../fleet/certificate';

/** What peers say to each other inside a session (docs/PROTOCOL.md, "Sealed messages"). */
export type SessionMessage =
  | State
  | ExchangeMessage
  | ExchangeAck
  | ExchangeRefused
  | Store
  | StoreAnswer
  | List
  | ListAnswer
  | Fetch
  | Fetched
  | Delete
  | DeleteAnswer
  | Mail
  | Fleet
  | Deliver
  | DeliverAnswer
  | Receipts
  | ReceiptsConfirmed;

/** Which keys live, and who holds what: the truth by which both sides heal. */
export interface State {
  readonly kind: 'state';
  /** The writer holds mail for the reader. */
  readonly holdsMail: boolean;
  /** Unused keys of the reader that the writer holds. */
  readonly held: number;
  /** Keys that the writer issued to the reader and that are alive; at most 16 batches. */
  readonly batches: readonly LiveBatch[];
  /** Nodes that the writer polls, as `nodeHint` names them, 8 bytes each; at most 16. */
  readonly hints: readonly Uint8Array[];
  /** Tox addresses (38 bytes) of open nodes that the writer polls; at most 4. */
  readonly openNodes: readonly Uint8Array[];
}

export interface LiveBatch {
  readonly batch: number;
  /** Indexes of the live keys, rising, 1..104. */
  readonly live: readonly number[];
}

/** The bytes of an exchange (exchange.ts). */
export interface ExchangeMessage {
  readonly kind: 'exchange';
  readonly exchange: Uint8Array;
}

export interface ExchangeAck {
  readonly kind: 'exchange-ack';
  readonly batch: number;
  /** SHA-256 of the exchange, its first 16 bytes. */
  readonly digest: Uint8Array;
}

export interface ExchangeRefused {
  readonly kind: 'exchange-refused';
  readonly batch: number;
  readonly code: CodeWord;
}

/** Answers repeat the number of their request. */
interface Numbered {
  readonly request: number;
}

export interface Store extends Numbered {
  readonly kind: 'store';
  /** Seconds of the message's life that are left. */
  readonly remaining: number;
  /** Of any length: the reader refuses a wrong one with a code. */
  readonly envelope: Uint8Array;
}

export interface StoreAnswer extends Numbered {
  readonly kind: 'store-answer';
  readonly code: CodeWord;
  readonly storageId: Uint8Array;
  /** Seconds for which it is kept. */
  readonly kept: number;
  /** Seconds to wait before the next request, with code 'rate'. */
  readonly wait: number;
}

export interface List extends Numbered {
  readonly kind: 'list';
  /** A cursor of an earlier answer; 0 from the start. */
  readonly after: number;
  /** At most 64. */
  readonly max: number;
}

export interface ListAnswer extends Numbered {
  readonly kind: 'list-answer';
  readonly code: CodeWord;
  readonly more: boolean;
  readonly items: readonly ListItem[];
}

export interface ListItem {
  readonly cursor: number;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
  /** Seconds since the last deposit. */
  readonly age: number;
}

export interface Fetch extends Numbered {
  readonly kind: 'fetch';
  /** At most 16. */
  readonly storageIds: readonly Uint8Array[];
}

/** One for each storage id of a fetch. */
export interface Fetched extends Numbered {
  readonly kind: 'fetched';
  /** Position of the storage id in the request, from 0. */
  readonly position: number;
  readonly code: CodeWord;
  readonly age: number;
  /** Empty unless the code is 'ok'. */
  readonly envelope: Uint8Array;
}

export interface Delete extends Numbered {
  readonly kind: 'delete';
  /** At most 64. */
  readonly storageIds: readonly Uint8Array[];
}

export interface DeleteAnswer extends Numbered {
  readonly kind: 'delete-answer';
  readonly code: CodeWord;
  readonly deleted: number;
}

/** Mail came for the reader. */
export interface Mail {
  readonly kind: 'mail';
  readonly waiting: number;
}

/** The writer belongs to a fleet of storage nodes. */
export interface Fleet {
  readonly kind: 'fleet';
  readonly certificate: FleetCertificate;
}

/** An envelope for the reader itself. */
export interface Deliver extends Numbered {
  readonly kind: 'deliver';
  readonly envelope: Uint8Array;
}

export interface DeliverAnswer extends Numbered {
  readonly kind: 'deliver-answer';
  readonly code: CodeWord;
}

export interface Receipt {
  readonly messageId: Uint8Array;
  readonly code: ReceiptCode;
}

export interface Receipts {
  readonly kind: 'receipts';
  /** At most 41. */
  readonly receipts: readonly Receipt[];
}

export interface ReceiptsConfirmed {
  readonly kind: 'receipts-confirmed';
  readonly messageIds: readonly Uint8Array[];
}
