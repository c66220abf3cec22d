import { concat, toHex, utf8 } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { sealChunk } from '../../lib/protocol/envelope/large/chunk';
import { encodeLargeHead } from '../../lib/protocol/envelope/large/large-head';
import { chunkCount, chunkRange, firstBytes } from '../../lib/protocol/envelope/large/large-layout';
import { mailboxOf } from '../../lib/protocol/names';
import type { LargeVector } from '../../test/lib/vectors/support/vector-files';
import { stretched } from './cast';

/** Longer than any label may be by its characters, and exactly as long by its bytes. */
const LONGEST_LABEL = `${'é'.repeat(127)}!`;

/** Large messages at the ends of every size, the check values first. */
export function makeLarge(crypto: CryptoProvider, digest: (name: string) => Uint8Array): LargeVector[] {
  const recipient = crypto.keyPairFromSecret(digest('recipient identity')).publicKey;
  const key = digest('payload key');
  const payload = (length: number) => stretched('payload', length);
  const whole = firstBytes(0);
  const json = utf8(JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ second: i, at: i * i }))));
  const cases: { label?: string; inner?: number; deflated?: boolean; data: Uint8Array }[] = [
    { label: 'camera', data: payload(20_000) },
    { label: 't', data: payload(2_768) },
    // One byte in a chunk, the ends of both sizes of the last, and two full ones.
    ...[1, 1437, 1438, 5300, 5301, 10_600].map((more) => ({ data: payload(whole + more) })),
    { data: payload(262_144) },
    { label: LONGEST_LABEL, data: payload(firstBytes(255) + 5300) },
    { inner: 0, data: utf8('ö'.repeat(2000)) },
    { inner: 1, label: 'log', data: utf8('logs '.repeat(700)) },
    { inner: 3, label: 'seconds', deflated: true, data: storedBlock(json) },
  ];
  return cases.map(({ label = '', inner = 2, deflated = false, data }) => {
    const text = utf8(label);
    const first = data.subarray(0, firstBytes(text.length));
    const layout = { total: data.length, first: first.length };
    const start = concat(new Uint8Array([inner, deflated ? 3 : 2, text.length]), text);
    const chunks = Array.from({ length: chunkCount(layout) }, (_, index) => {
      const { from, to } = chunkRange(layout, index);
      const place = { mailbox: mailboxOf(crypto, recipient), key, index };
      return toHex(sealChunk(crypto, place, data.subarray(from, to)).envelope);
    });
    return {
      recipientPublic: toHex(recipient),
      payloadKey: toHex(key),
      label,
      inner,
      deflated,
      data: toHex(data),
      head: toHex(concat(start, encodeLargeHead({ total: data.length, key, first }))),
      chunks,
    };
  });
}

/** RFC 1951 in its plainest form, one block that is not compressed: versions of zlib make different bytes. */
function storedBlock(data: Uint8Array): Uint8Array {
  const length = new Uint8Array([data.length & 0xff, data.length >> 8]);
  return concat(
    new Uint8Array([1]),
    length,
    length.map((byte) => byte ^ 0xff),
    data,
  );
}
