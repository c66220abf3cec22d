import { concat, sameBytes } from '../bytes';
import { ToxAsyncError } from '../errors';
import { readEnvelopeHeader } from '../protocol/envelope';
import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import {
  decodeIndex,
  envelopePrefix,
  indexKey,
  type IndexRecord,
  numberKey,
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
  const mailbox = mailboxNamedBy(readEnvelope(store, number));
  const found = mailbox && recordAt(store, mailbox, number);
  return found && { mailbox, found };
}

/** What is there of an envelope that is durable; whether it is whole, its hash tells. */
export function readEnvelope(store: Store, number: number): Uint8Array {
  const prefix = envelopePrefix(number);
  return concat(...[...store.range({ gte: prefix, lt: afterPrefix(prefix) })].map(([, part]) => part));
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

function mailboxNamedBy(envelope: Uint8Array): Uint8Array | undefined {
  try {
    return readEnvelopeHeader(envelope).mailbox;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed', 'ErrUnsupportedVersion')) return undefined;
    throw error;
  }
}
