import type { MailEntry, StoredMail } from '../message-engine';
import type { CountRow } from './counts-view';
import type { Row } from './connection/pg-loader';

/** bytea of an answer. */
export function bytesIn(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();
}

/** integer or bigint of an answer; null is NaN. */
export function numberIn(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
}

export function countRowOf(row: Row): CountRow {
  return {
    mailbox: bytesIn(row, 'mailbox'),
    submitter: bytesIn(row, 'submitter'),
    messages: numberIn(row, 'messages'),
    chunks: numberIn(row, 'chunks'),
    bytes: numberIn(row, 'bytes'),
    arrived: numberIn(row, 'arrived'),
    changed: numberIn(row, 'changed'),
  };
}

export function entryOf(row: Row): MailEntry {
  return {
    cursor: numberIn(row, 'number'),
    storageId: bytesIn(row, 'storage_id'),
    tag: bytesIn(row, 'tag'),
    age: Math.max(0, numberIn(row, 'now') - numberIn(row, 'deposited')),
  };
}

export function storedMailOf(row: Row): StoredMail {
  const remaining = numberIn(row, 'expires') - numberIn(row, 'now');
  return { ...entryOf(row), envelope: bytesIn(row, 'envelope'), remaining };
}
