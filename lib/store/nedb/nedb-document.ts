import { crc32 } from '../crc32';
import type { Operation } from '../operations';

/**
 * A line of the nedb file: the operations of one or more whole batches, in base64, null for a delete. One line
 * is one append, so its batches are all there or none is.
 */
export interface NedbDocument {
  /** The document's number, 15 digits: order of text is order of time. */
  readonly _id: string;
  readonly ops: readonly (readonly [key: string, value: string | null])[];
  /** CRC-32 over the number and the operations. */
  readonly crc: number;
}

/** Of several operations on one key only the last is kept. */
export function encodeDocument(number: number, operations: Iterable<Operation>): NedbDocument {
  const last = new Map<string, string | null>();
  for (const [key, value] of operations) last.set(base64(key), value ? base64(value) : null);
  const id = String(number).padStart(15, '0');
  const ops = [...last];
  return { _id: id, ops, crc: checksum(id, ops) };
}

export function decodeOperations(document: NedbDocument): Operation[] {
  return document.ops.map(([key, value]) => [bytes(key), value === null ? undefined : bytes(value)]);
}

export function numberOf(document: NedbDocument): number {
  return Number(document._id);
}

/** True for an intact document of ours; `value` is any parsed JSON. */
export function isIntactDocument(value: object): value is NedbDocument {
  const { _id: id, ops, crc } = value as Partial<Record<keyof NedbDocument, unknown>>;
  if (typeof id !== 'string' || !/^\d{15}$/.test(id) || !Array.isArray(ops)) return false;
  return ops.every(isOperation) && crc === checksum(id, ops);
}

function isOperation(entry: unknown): entry is [string, string | null] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [key, value] = entry as unknown[];
  return typeof key === 'string' && (typeof value === 'string' || value === null);
}

function checksum(id: string, ops: NedbDocument['ops']): number {
  return crc32(Buffer.from(JSON.stringify([id, ops]), 'latin1'));
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
