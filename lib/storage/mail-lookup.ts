import { concat, sameBytes } from '../bytes';
import { HEADER_BYTES } from '../protocol/envelope';
import { MAILBOX_BYTES } from '../protocol/names';
import type { Store } from '../store/store';
import {
  decodeIndex,
  firstPartKey,
  indexKey,
  type IndexRecord,
  numberKey,
  partsOf,
  readUint48,
} from './mail-records';
import type { MailEntry } from './message-engine';

/** The store, or the draft of a wave. */
export interface Reader {
  get(key: Uint8Array): Uint8Array | undefined;
}

export interface Found {
  readonly number: number;
  readonly record: IndexRecord;
}

/** By name; expired records too. A record that does not match what names it counts as not there. */
export function find(reader: Reader, mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
  const value = reader.get(numberKey(mailbox, storageId));
  const found = value && recordAt(reader, mailbox, readUint48(value));
  return found && sameBytes(found.record.storageId, storageId) ? found : undefined;
}

/** By number alone, in what is durable: the envelope names the mailbox. undefined when that is damaged. */
export function findByNumber(
  store: Store,
  number: number,
): { mailbox: Uint8Array; found: Found } | undefined {
  const part = store.get(firstPartKey(number));
  const mailbox = part && mailboxNamedBy(part);
  const found = mailbox && recordAt(store, mailbox, number);
  return found && { mailbox, found };
}

/** What is there of an envelope that is durable; whether it is whole, its hash tells. */
export function readEnvelope(store: Store, { number, record }: Found): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { key } of partsOf(number, record.bytes)) parts.push(store.get(key) ?? new Uint8Array());
  return concat(...parts);
}

/** What a listing says of a record at `now`, seconds on the age clock. */
export function entryOf({ number, record }: Found, now: number): MailEntry {
  const age = Math.max(0, now - record.deposited);
  return { cursor: number, storageId: record.storageId, tag: record.tag, age };
}

function recordAt(reader: Reader, mailbox: Uint8Array, number: number): Found | undefined {
  const value = reader.get(indexKey(mailbox, number));
  const record = value && decodeIndex(value);
  return record && { number, record };
}

/** @param part the first one of an envelope: version 1 | mailbox 32 | ... */
function mailboxNamedBy(part: Uint8Array): Uint8Array | undefined {
  return part.length < HEADER_BYTES ? undefined : part.slice(1, 1 + MAILBOX_BYTES);
}
