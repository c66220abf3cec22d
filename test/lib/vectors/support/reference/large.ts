import nacl from 'tweetnacl';
import { H, join, readUint, same, uint } from './bytes';

const FULL = 5300;
const SHORT = 1437;

export interface Payload {
  payloadKey: Uint8Array;
  label: Uint8Array;
  inner: number;
  deflated: boolean;
  /** As it travels. */
  data: Uint8Array;
}

/** Parts that an honest sender makes otherwise. */
export interface HeadChanges {
  total?: number;
  chunks?: number;
  /** Bytes of the payload in the head. */
  first?: number;
}

/** The data of the head. */
export function headOf(
  { payloadKey, label, inner, deflated, data }: Payload,
  change: HeadChanges = {},
): Uint8Array {
  const first = change.first ?? 1372 - 3 - label.length - 37;
  const chunks = change.chunks ?? Math.ceil((data.length - first) / FULL);
  return join(
    uint(inner, 1),
    uint(deflated ? 3 : 2, 1),
    uint(label.length, 1),
    label,
    uint(change.total ?? data.length, 4),
    uint(chunks, 1),
    payloadKey,
    data.slice(0, first),
  );
}

/** Parts that an honest sender makes otherwise. */
export interface ChunkChanges {
  mailbox?: Uint8Array;
  cover?: Uint8Array;
  tagIndex?: number;
  keyIndex?: number;
  room?: number;
  padding?: number;
}

export function chunkOf(
  key: Uint8Array,
  recipient: Uint8Array,
  index: number,
  data: Uint8Array,
  change: ChunkChanges = {},
): Uint8Array {
  const cover = H('chunk-cover', key, uint(index, 1));
  cover[31] = (cover[31] ?? 0) & 127;
  const header = join(
    uint(1, 1),
    change.mailbox ?? H('mailbox', recipient),
    H('chunk-tag', key, uint(change.tagIndex ?? index, 1)).slice(0, 16),
    change.cover ?? cover,
  );
  const room = change.room ?? (data.length <= SHORT ? SHORT : FULL);
  const plain = join(data, new Uint8Array(room - data.length).fill(change.padding ?? 0));
  const nonce = H('chunk-nonce', header).slice(0, 24);
  return join(header, nacl.secretbox(plain, nonce, H('chunk-key', key, uint(change.keyIndex ?? index, 1))));
}

export function chunksOf(payload: Payload, recipient: Uint8Array): Uint8Array[] {
  const { payloadKey, label, data } = payload;
  const chunks: Uint8Array[] = [];
  for (let from = 1372 - 3 - label.length - 37; from < data.length; from += FULL) {
    chunks.push(chunkOf(payloadKey, recipient, chunks.length, data.slice(from, from + FULL)));
  }
  return chunks;
}

export type OpenedHead = { payloadKey: Uint8Array; total: number; chunks: number; first: Uint8Array };

/** What follows the label, or why not. */
export function readHead(data: Uint8Array): OpenedHead | 'malformed' {
  const at = 3 + (data[2] ?? 0);
  if (data.length !== 1372) return 'malformed';
  const [total, chunks] = [readUint(data, at, 4), readUint(data, at + 4, 1)];
  const first = data.slice(at + 37);
  if (first.length >= total || total > 262_144) return 'malformed';
  if (chunks !== Math.ceil((total - first.length) / FULL)) return 'malformed';
  return { payloadKey: data.slice(at + 5, at + 37), total, chunks, first };
}

/** The data of a chunk by its tag, or the code. */
export function openChunk(
  { payloadKey, total, first }: { payloadKey: Uint8Array; total: number; first: number },
  recipient: Uint8Array,
  chunk: Uint8Array,
): Uint8Array | string {
  if (![287, 543, 1311, 1534, 5397].includes(chunk.length) || chunk[0] !== 1) return 'bad-request';
  if (!same(chunk.slice(1, 33), H('mailbox', recipient))) return 'not-yours';
  for (let index = 0; first + index * FULL < total; index += 1) {
    const i = uint(index, 1);
    if (!same(chunk.slice(33, 49), H('chunk-tag', payloadKey, i).slice(0, 16))) continue;
    const length = Math.min(FULL, total - first - index * FULL);
    const cover = H('chunk-cover', payloadKey, i);
    cover[31] = (cover[31] ?? 0) & 127;
    const nonce = H('chunk-nonce', chunk.slice(0, 81)).slice(0, 24);
    const plain = nacl.secretbox.open(chunk.slice(81), nonce, H('chunk-key', payloadKey, i));
    if (!same(chunk.slice(49, 81), cover) || !plain) return 'forged';
    if (plain.length !== (length <= SHORT ? SHORT : FULL)) return 'forged';
    return plain.slice(length).some((byte) => byte !== 0) ? 'forged' : plain.slice(0, length);
  }
  return 'unknown-tag';
}
