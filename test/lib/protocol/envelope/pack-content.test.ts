import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import { MAX_MESSAGE_SIZE } from '../../../../lib/constants';
import { envelopeSizeFor } from '../../../../lib/protocol/envelope/envelope';
import { readMessageContent, type MessageContent } from '../../../../lib/protocol/envelope/message-content';
import { packContent, singleContent } from '../../../../lib/protocol/envelope/pack-content';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { encodePlaintext } from '../../../../lib/protocol/envelope/plaintext';
import { crypto, filled, throwsCode } from '../support/fixtures';

/** Bytes that no deflating makes smaller. */
function noise(length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => [
    ...crypto.sha256(utf8(String(i))),
  ]);
  return new Uint8Array(blocks.flat().slice(0, length));
}

function packed(content: MessageContent, compress = true) {
  const single = singleContent(packContent(content, compress));
  assert.ok(single !== undefined);
  return single;
}

describe('packing the content of a message', () => {
  it('uses types 0 to 3 where neither label nor flag is needed, and type 4 else', () => {
    for (const inner of [0, 1, 2, 3] as const) {
      const bytes = utf8('{"a":1}');
      assert.deepEqual(packed({ inner, label: '', bytes }), { type: inner, data: bytes });
      const { type, data } = packed({ inner, label: 't', bytes });
      assert.equal(type, PLAIN_TYPE.extended);
      assert.equal(toHex(data), `0${inner}0001747b2261223a317d`);
    }
  });

  it('is read back as it was, deflated or not', () => {
    for (const inner of [2, 3] as const) {
      for (const label of ['', 'garden/temperature']) {
        for (const length of [1, 130, 400, 1369]) {
          const content = { inner, label, bytes: utf8(`"${'a'.repeat(Math.max(length - 280, 0))}"`) };
          for (const compress of [true, false]) {
            const { type, data } = packed(content, compress);
            assert.deepEqual(readMessageContent(type, data), content);
          }
        }
      }
    }
  });

  it('deflates only where the envelope becomes smaller', () => {
    // 125 bytes fit the smallest envelope as they are; one more does not, and a zero byte deflates to a few.
    const at = (bytes: Uint8Array, label = '') => packed({ inner: 2, label, bytes });
    assert.equal(at(filled(125, 0)).type, PLAIN_TYPE.binary);
    const deflated = at(filled(126, 0));
    assert.equal(deflated.type, PLAIN_TYPE.extended);
    assert.equal(deflated.data[1], 1);
    assert.equal(envelopeSizeFor(encodePlaintext(deflated).length), 287);
    // With a label, three bytes and the label count too.
    assert.equal(at(filled(121, 0), 't').data[1], 0);
    assert.equal(at(filled(122, 0), 't').data[1], 1);
    assert.equal(at(noise(200)).type, PLAIN_TYPE.binary);
    // 382 bytes of which 250 stay: no smaller than the envelope of 381 would be, but smaller than that of 382.
    const half = new Uint8Array(382);
    half.set(noise(250));
    assert.equal(at(half.subarray(0, 381)).type, PLAIN_TYPE.binary);
    assert.equal(at(half).data[1], 1);
  });

  it('shows by its size what is in it only where it may be deflated: never of a text, and not when it is unwanted', () => {
    const [secret, other] = [toHex(noise(140).subarray(0, 70)), toHex(noise(140).subarray(70))];
    const guessed = { secret, said: secret };
    const missed = { secret, said: other };
    const sizes = (inner: 0 | 3, compress: boolean) =>
      [guessed, missed].map((value) => {
        const bytes = utf8(JSON.stringify(value) + (inner === 3 ? '' : ' '));
        return envelopeSizeFor(encodePlaintext(packed({ inner, label: '', bytes }, compress)).length);
      });
    assert.deepEqual(sizes(3, true), [287, 543]);
    assert.deepEqual(sizes(3, false), [543, 543]);
    assert.deepEqual(sizes(0, true), [543, 543]);
  });

  it('deflates a large message only where it becomes an envelope, or has fewer chunks', () => {
    const isDeflated = (zeros: number, noisy: number) => {
      const bytes = new Uint8Array(zeros + noisy);
      bytes.set(noise(noisy), zeros);
      return packContent({ inner: 2, label: '', bytes }, true).isDeflated;
    };
    assert.ok(isDeflated(100_000, 1000));
    assert.ok(isDeflated(100_000, 100_000));
    // Both take two chunks: 1,332 bytes fit the head, 5,300 each chunk.
    assert.equal(isDeflated(4000, 7600), false);
    assert.ok(isDeflated(4000, 6000));
  });

  it('never deflates a text, nor anything when it is not wanted', () => {
    for (const inner of [0, 1] as const) {
      assert.equal(packed({ inner, label: '', bytes: filled(1372, 0x61) }).type, inner);
    }
    assert.equal(packed({ inner: 2, label: '', bytes: filled(1372, 0) }, false).type, PLAIN_TYPE.binary);
  });

  it('has no single envelope for what is longer, label included, unless deflating makes it shorter', () => {
    const single = (inner: 0 | 2, length: number, label: string, compress = false) =>
      singleContent(packContent({ inner, label, bytes: filled(length, 0x61) }, compress));
    for (const inner of [0, 2] as const) {
      assert.equal(single(inner, MAX_MESSAGE_SIZE, '')?.data.length, MAX_MESSAGE_SIZE);
      assert.equal(single(inner, MAX_MESSAGE_SIZE + 1, ''), undefined);
      assert.equal(single(inner, MAX_MESSAGE_SIZE - 4, 't')?.data.length, MAX_MESSAGE_SIZE);
      assert.equal(single(inner, MAX_MESSAGE_SIZE - 3, 't'), undefined);
    }
    assert.equal(single(2, 200_000, '', true)?.type, PLAIN_TYPE.extended);
    assert.equal(single(0, 200_000, '', true), undefined);
  });

  it('refuses a label that is none', () => {
    throwsCode(() => packContent({ inner: 0, label: '\n', bytes: utf8('a') }, true), 'ErrInvalidArgument');
  });
});
