import { concat, fromHex, sameBytes, utf8 } from '../../../lib/bytes';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { mailboxOf } from '../../../lib/protocol/names';
import { headerOf } from '../../../lib/protocol/envelope/envelope';
import { chunkTag, openChunk, sealChunk } from '../../../lib/protocol/envelope/large/chunk';
import { decodeLargeHead, encodeLargeHead } from '../../../lib/protocol/envelope/large/large-head';
import { chunkCount, chunkRange, firstBytes } from '../../../lib/protocol/envelope/large/large-layout';
import { bytesOf, Mismatch, mustEqual, type Fields } from '../fields';

const DEFLATED = 1;
const LARGE = 2;

/** A large message: its head and its chunks are made, compared, opened, and joined to the payload. */
export function checkLarge(crypto: CryptoProvider, v: Fields): void {
  const mailbox = mailboxOf(crypto, v.bytes('recipientPublic', 32));
  const key = v.bytes('payloadKey', 32);
  const data = v.bytes('data');
  const head = v.bytes('head');
  const start = startOf(v, head);
  const first = data.subarray(0, firstBytes(start.length - 3));
  const layout = { total: data.length, first: first.length };
  v.mustBe('head', concat(start, encodeLargeHead({ total: data.length, key, first })));
  const read = decodeLargeHead(head.subarray(start.length), start.length);

  const chunks = v.list('chunks').map((chunk, i) => bytesOf(chunk, `chunk ${i}`));
  mustEqual('the number of chunks', chunkCount(layout), chunks.length);
  const joined = chunks.map((envelope, index) => {
    const { from, to } = chunkRange({ total: read.total, first: read.first.length }, index);
    const place = { mailbox, key: read.key, index };
    if (!sameBytes(sealChunk(crypto, place, data.subarray(from, to)).envelope, envelope))
      throw new Mismatch(`our code makes another chunk ${index}`);
    const opened = openChunk(crypto, place, { envelope, length: to - from });
    if (opened === undefined) throw new Mismatch(`chunk ${index} does not open`);
    return opened;
  });
  if (!sameBytes(concat(read.first, ...joined), data)) throw new Mismatch('the pieces are not the data');
}

/** inner type | flags | label length | label. A label is a text; somebody may have written it in hexadecimal, as bytes. */
function startOf(v: Fields, head: Uint8Array): Uint8Array {
  const label = v.text('label');
  const flags = v.get('deflated') === true ? DEFLATED | LARGE : LARGE;
  const starts = [utf8(label), fromHex(label)].flatMap((bytes) =>
    bytes ? [concat(new Uint8Array([v.number('inner'), flags, bytes.length]), bytes)] : [],
  );
  const start = starts.find((one) => sameBytes(one, head.subarray(0, one.length)));
  if (!start) throw new Mismatch('the head does not begin with the inner type, the flags and the label');
  return start;
}

/** What the recipient of a head answers to a chunk. */
export function judgeChunk(crypto: CryptoProvider, v: Fields): string {
  const envelope = v.bytes('chunk');
  const layout = { total: v.number('total'), first: v.number('first') };
  const mailbox = mailboxOf(crypto, v.bytes('recipientPublic', 32));
  const key = v.bytes('payloadKey', 32);
  const header = headerOf(envelope);
  if (!header) return 'bad-request';
  if (!sameBytes(header.mailbox, mailbox)) return 'not-yours';
  const indexes = Array.from({ length: chunkCount(layout) }, (_, index) => index);
  const index = indexes.find((one) => sameBytes(chunkTag(crypto, key, one), header.tag));
  if (index === undefined) return 'unknown-tag';
  const { from, to } = chunkRange(layout, index);
  return openChunk(crypto, { mailbox, key, index }, { envelope, length: to - from }) ? 'ok' : 'forged';
}
