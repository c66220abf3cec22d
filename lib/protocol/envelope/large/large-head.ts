import { KEY_BYTES } from '../../../crypto/lengths';
import { ByteReader } from '../../byte-reader';
import { ByteWriter } from '../../byte-writer';
import { chunkCount, HEAD_DATA_BYTES, isLargeLayout, MAX_CHUNKS } from './large-layout';

/**
 * What the head of a large message has after its label (docs/PROTOCOL.md, "Large messages"):
 * total 4 | chunks 1 | payload key 32 | first data.
 */
export interface LargeHead {
  /** Bytes of the payload as it travels, first data included. */
  readonly total: number;
  /** Opens the chunks, 32 bytes. */
  readonly key: Uint8Array;
  /** The bytes of the payload that the head holds itself. */
  readonly first: Uint8Array;
}

/** @throws ErrInvalidArgument what no head can say: a total out of bounds, a key that is none */
export function encodeLargeHead({ total, key, first }: LargeHead): Uint8Array {
  const w = new ByteWriter('head of a large message');
  const layout = { total, first: first.length };
  const chunks = isLargeLayout(layout) ? chunkCount(layout) : MAX_CHUNKS + 1;
  return w.u32(total).atMost(chunks, MAX_CHUNKS).fixed(key, KEY_BYTES).bytes(first).done();
}

/**
 * @param rest what follows the label
 * @param before bytes of the content before it
 * @throws ErrMalformed
 */
export function decodeLargeHead(rest: Uint8Array, before: number): LargeHead {
  const r = new ByteReader(rest, 'head of a large message');
  if (before + rest.length !== HEAD_DATA_BYTES) {
    throw r.bad(`it has ${before + rest.length} bytes, not ${HEAD_DATA_BYTES}`);
  }
  const total = r.u32();
  const chunks = r.u8();
  const key = r.bytes(KEY_BYTES);
  const first = r.rest();
  const layout = { total, first: first.length };
  if (!isLargeLayout(layout)) throw r.bad(`${total} bytes cannot follow ${first.length} in a head`);
  if (chunks !== chunkCount(layout)) throw r.bad(`${total} bytes do not make ${chunks} chunks`);
  return { total, key, first };
}
