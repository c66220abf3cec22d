import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../../lib/bytes';
import { sealChunk } from '../../../../../lib/protocol/envelope/large/chunk';
import { joinLarge, readLargeContent } from '../../../../../lib/protocol/envelope/large/large-content';
import { chunksOf, joinedLarge, splitLarge } from '../../../../../lib/protocol/envelope/large/split-large';
import { mailboxOf } from '../../../../../lib/protocol/names';
import { crypto, filled, R, throwsCode } from '../../support/fixtures';

const SECRET = filled(32, 1);
const ID = filled(32, 2);
const PAYLOAD = Uint8Array.from({ length: 20_000 }, (_, n) => (n * 7) % 251);
const CONTENT = { inner: 2, label: 'camera', isDeflated: false, bytes: PAYLOAD } as const;

const split = (data = joinedLarge(CONTENT), secret = SECRET, messageId = ID) =>
  splitLarge(crypto, { data, secret: secret.slice(), messageId });

describe('a large message in pieces', () => {
  it('has a head that says what it is, and chunks that hold the rest', () => {
    const { key, head, chunks } = split();
    assert.equal(head.length, 1372);
    const large = readLargeContent({ type: 4, data: head });
    assert.ok(typeof large === 'object');
    assert.deepEqual([large.inner, large.label, large.isDeflated], [2, 'camera', false]);
    assert.deepEqual([large.total, large.key], [20_000, key]);
    assert.deepEqual(
      chunks.map(({ length }) => length),
      [5300, 5300, 5300, 20_000 - 1326 - 3 * 5300],
    );
    assert.deepEqual(joinLarge(large, concat(large.first, ...chunks)), {
      inner: 2,
      label: 'camera',
      bytes: PAYLOAD,
    });
    assert.equal(chunksOf(CONTENT), 4);
  });

  it('is the same each time, and has another key for other bytes, another label, slot or id', () => {
    const { key, head, chunks } = split();
    const again = split();
    assert.deepEqual([again.key, again.head, again.chunks], [key, head, chunks]);
    const mailbox = mailboxOf(crypto, R.publicKey);
    const sealed = (one: typeof again) =>
      one.chunks.map((data, index) =>
        toHex(sealChunk(crypto, { mailbox, key: one.key, index }, data).envelope),
      );
    assert.deepEqual(sealed(split()), sealed(again));
    const other = PAYLOAD.slice();
    other[19_999] = 0;
    const keys = [
      split(joinedLarge({ ...CONTENT, bytes: other })),
      split(joinedLarge({ ...CONTENT, label: 'Camera' })),
      split(joinedLarge({ ...CONTENT, inner: 3 })),
      split(joinedLarge({ ...CONTENT, isDeflated: true })),
      split(undefined, filled(32, 3)),
      split(undefined, undefined, filled(32, 3)),
    ].map((one) => toHex(one.key));
    assert.equal(new Set([...keys, toHex(key)]).size, 7);
  });

  it('has as many chunks as it says for each length that no envelope holds', () => {
    for (const length of [1373, 1332 + 1, 1332 + 5300, 1332 + 5301, 262_144]) {
      const content = { ...CONTENT, label: '', bytes: filled(length, 1) };
      assert.equal(split(joinedLarge(content)).chunks.length, chunksOf(content), String(length));
    }
    assert.equal(chunksOf({ label: '', bytes: filled(262_144, 1) }), 50);
    assert.equal(chunksOf({ label: 'a'.repeat(255), bytes: filled(262_144, 1) }), 50);
  });

  it('is made of nothing else', () => {
    for (const data of [new Uint8Array(), new Uint8Array([2, 0, 0, 1]), new Uint8Array([9, 2, 0, 1])]) {
      throwsCode(() => split(data), 'ErrMalformed');
    }
  });
});
