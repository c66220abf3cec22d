import { concat } from '../bytes';
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

/** By name; expired records too. @throws ErrStore when index and records do not match */
export function find(reader: Reader, mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
  const value = reader.get(numberKey(mailbox, storageId));
  return value && recordAt(reader, mailbox, readUint48(value));
}

/**
 * By number alone, in what is durable: the envelope names the mailbox.
 * @throws ErrStore when index and records do not match
 */
export function findByNumber(store: Store, number: number): { mailbox: Uint8Array; found: Found } {
  const { mailbox } = readEnvelopeHeader(readEnvelope(store, number));
  return { mailbox, found: recordAt(store, mailbox, number) };
}

/** An envelope that is durable. @throws ErrStore when it is not there */
export function readEnvelope(store: Store, number: number): Uint8Array {
  const prefix = envelopePrefix(number);
  const parts = [...store.range({ gte: prefix, lt: afterPrefix(prefix) })].map(([, part]) => part);
  if (parts.length === 0) throw damaged();
  return concat(...parts);
}

/** What a listing says of a record at `now`, seconds on the age clock. */
export function entryOf({ number, record }: Found, now: number): MailEntry {
  const age = Math.max(0, now - record.deposited);
  return { cursor: number, storageId: record.storageId, tag: record.tag, age };
}

function recordAt(reader: Reader, mailbox: Uint8Array, number: number): Found {
  const value = reader.get(indexKey(mailbox, number));
  if (!value) throw damaged();
  return { number, record: decodeIndex(value) };
}

function damaged(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrStore',
    'The index of stored mail does not match its envelopes. Restore the data directory or start with a new one.',
  );
}
