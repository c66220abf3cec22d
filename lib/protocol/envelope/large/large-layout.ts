import { MAX_MESSAGE_SIZE, MAX_PAYLOAD_SIZE } from '../../../constants';
import { KEY_BYTES } from '../../../crypto/lengths';

/**
 * How the bytes of a large message are spread over its head and its chunks (docs/PROTOCOL.md, "Large messages"). Both
 * sides reckon it from the total and what the head holds, so no chunk says its length.
 */

/** Bytes of the payload in a chunk that is full. */
export const FULL_CHUNK_BYTES = 5300;
/** Most bytes of the payload in a last chunk that is short. */
export const SHORT_CHUNK_BYTES = 1437;
export const MAX_CHUNKS = 50;
/** The data of a head has this length, always. */
export const HEAD_DATA_BYTES = MAX_MESSAGE_SIZE;
/** total 4 | chunks 1 | payload key 32 */
export const HEAD_REST_BYTES = 5 + KEY_BYTES;
/** inner type 1 | flags 1 | label length 1 */
const EXTENDED_BYTES = 3;

export interface LargeLayout {
  /** Bytes of the payload as it travels: deflated where it is. */
  readonly total: number;
  /** How many of them the head holds. */
  readonly first: number;
}

/** How many bytes of the payload a head holds beside a label of `labelBytes` (0..255). */
export function firstBytes(labelBytes: number): number {
  return HEAD_DATA_BYTES - EXTENDED_BYTES - labelBytes - HEAD_REST_BYTES;
}

/** True for what a head and its chunks can carry, and an ordinary message could not. */
export function isLargeLayout({ total, first }: LargeLayout): boolean {
  return first > 0 && first < total && total <= MAX_PAYLOAD_SIZE;
}

export function chunkCount({ total, first }: LargeLayout): number {
  return Math.ceil((total - first) / FULL_CHUNK_BYTES);
}

/** Where the bytes of chunk `index` (from 0) begin and end in the payload. */
export function chunkRange(
  layout: LargeLayout,
  index: number,
): { readonly from: number; readonly to: number } {
  const from = layout.first + index * FULL_CHUNK_BYTES;
  return { from, to: Math.min(from + FULL_CHUNK_BYTES, layout.total) };
}

/** Bytes in the box of a chunk with `length` bytes of the payload; zeros fill it. */
export function chunkRoom(length: number): number {
  return length <= SHORT_CHUNK_BYTES ? SHORT_CHUNK_BYTES : FULL_CHUNK_BYTES;
}
