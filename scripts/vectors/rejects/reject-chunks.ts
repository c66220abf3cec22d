import { H, join, toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import { chunkOf, type ChunkChanges } from '../../../test/lib/vectors/support/reference/large';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { digest, R } from '../cast';

const KEY = digest('payload key');
/** A head with 1,326 bytes, a full chunk and a short one. */
const LAYOUT = { total: 1326 + 5300 + 1000, first: 1326 };
const DATA = new Uint8Array(5300).fill(0x5a);

/** A chunk for R under the payload key of a head, with one thing changed. */
export function rejectedChunks(): RejectVector[] {
  const full = (change: ChunkChanges = {}) => chunkOf(KEY, R.public, 0, DATA, change);
  const short = (change: ChunkChanges = {}) => chunkOf(KEY, R.public, 1, DATA.slice(0, 1000), change);
  const bit255 = H('chunk-cover', KEY, uint(0, 1)).map((byte, i) => (i === 31 ? byte | 0x80 : byte));
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const cases: [code: string, why: string, chunk: Uint8Array][] = [
    ['bad-request', 'one byte short', full().slice(0, -1)],
    ['bad-request', 'one byte long', join(full(), new Uint8Array(1))],
    ['bad-request', 'version 2', full().map((byte, i) => (i === 0 ? 2 : byte))],
    ['not-yours', 'the mailbox of somebody else', full({ mailbox: digest('mailbox') })],
    ['unknown-tag', 'the tag of a chunk beyond the last', full({ tagIndex: 2 })],
    ['unknown-tag', 'the tag of another payload key', flipped(full(), 33)],
    ['forged', 'a cover with bit 255', full({ cover: bit255 })],
    ['forged', 'the cover of another chunk', full({ cover: short().slice(49, 81) })],
    ['forged', 'the box of another chunk', full({ keyIndex: 1 })],
    ['forged', 'last bit of the box changed', flipped(full(), 5396)],
    ['forged', 'a full chunk in the short size', chunkOf(KEY, R.public, 0, DATA.slice(0, 1437))],
    ['forged', 'a short chunk in the full size', short({ room: 5300 })],
    ['forged', 'a short chunk in the smallest size', short({ room: 1214 })],
    ['forged', 'padding is not zero', short({ padding: 1 })],
    ['forged', 'data of a full chunk where the last is short', chunkOf(KEY, R.public, 1, DATA)],
  ];
  return cases.map(([code, why, chunk]) => ({
    why: `chunk: ${why}`,
    code,
    recipientPublic: toHex(R.public),
    payloadKey: toHex(KEY),
    ...LAYOUT,
    chunk: toHex(chunk),
  }));
}
