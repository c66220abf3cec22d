import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../lib/bytes';
import {
  agreedVersion,
  decodeHello1,
  decodeHello2,
  encodeHello1,
  encodeHello2,
  encodeWake,
  helloEcho,
} from '../../../../lib/protocol/session/hello';
import { bytes, crypto, filled, pair, patch, throwsCode } from '../support/fixtures';

const NO_FLAGS = { acceptsStores: false, openNode: false };
const ephemeral = pair('e1').publicKey;
const kemKey = filled(1184, 0xaa);
const kemCiphertext = filled(1088, 0xbb);
const hello1 = encodeHello1({ flags: NO_FLAGS, ephemeral, kemKey });
const echo = helloEcho(crypto, hello1);
const hello2 = encodeHello2({ flags: NO_FLAGS, ephemeral, echo, kemCiphertext });

describe('wake and hello', () => {
  it('have their bytes', () => {
    assert.deepEqual(encodeWake(), bytes('00'));
    const flags = { acceptsStores: true, openNode: true };
    const first = encodeHello1({ flags, ephemeral: filled(32, 0xee), kemKey });
    const second = encodeHello2({ flags, ephemeral: filled(32, 0xee), echo: filled(8, 0xcc), kemCiphertext });
    const head = `0101010003${'ee'.repeat(32)}`;
    assert.equal(toHex(first), `${head}${'00'.repeat(8)}${'aa'.repeat(1184)}`);
    assert.equal(toHex(second), `${head}${'cc'.repeat(8)}${'bb'.repeat(1088)}`);
    assert.deepEqual([first.length, second.length], [1229, 1133]);
  });

  it('carry each flag in its bit', () => {
    const made = (acceptsStores: boolean, openNode: boolean) =>
      encodeHello1({ flags: { acceptsStores, openNode }, ephemeral, kemKey });
    assert.deepEqual([...made(true, false).slice(3, 5)], [0, 1]);
    assert.deepEqual([...made(false, true).slice(3, 5)], [0, 2]);
    for (const acceptsStores of [true, false]) {
      for (const openNode of [true, false]) {
        assert.deepEqual(decodeHello1(made(acceptsStores, openNode)).flags, { acceptsStores, openNode });
      }
    }
  });

  it('are read back, with flags of later builds ignored', () => {
    const head = { minVersion: 1, maxVersion: 1, flags: NO_FLAGS, ephemeral };
    assert.deepEqual(decodeHello1(patch(hello1, 3, [0xff, 0xfc])), { ...head, echo: filled(8, 0), kemKey });
    assert.deepEqual(decodeHello2(patch(hello2, 3, [0xff, 0xfc])), { ...head, echo, kemCiphertext });
    assert.deepEqual(decodeHello2(patch(hello2, 3, [0xff, 0xff])).flags, {
      acceptsStores: true,
      openNode: true,
    });
  });

  it('are read although bytes of a later version follow', () => {
    const tail = filled(5468 - 1229, 7);
    assert.deepEqual(decodeHello1(concat(hello1, tail)), decodeHello1(hello1));
    assert.deepEqual(decodeHello2(concat(hello2, tail)), decodeHello2(hello2));
  });

  it('are refused when they are shorter, begin otherwise or have their versions in the wrong order', () => {
    for (const [hello, decode] of [
      [hello1, decodeHello1],
      [hello2, decodeHello2],
    ] as const) {
      const short = [0, 1, 44, 45, hello.length - 1].map((length) => hello.subarray(0, length));
      for (const value of [...short, patch(hello, 0, [0]), patch(hello, 1, [2, 1])]) {
        throwsCode(() => decode(value), 'ErrMalformed');
      }
    }
    throwsCode(() => decodeHello1(hello2), 'ErrMalformed');
  });

  it('are never made with a field of another length', () => {
    const first = { flags: NO_FLAGS, ephemeral, kemKey };
    const second = { flags: NO_FLAGS, ephemeral, echo, kemCiphertext };
    for (const make of [
      () => encodeHello1({ ...first, ephemeral: filled(31, 1) }),
      () => encodeHello1({ ...first, kemKey: filled(1183, 1) }),
      () => encodeHello2({ ...second, ephemeral: filled(33, 1) }),
      () => encodeHello2({ ...second, echo: filled(7, 1) }),
      () => encodeHello2({ ...second, kemCiphertext: kemKey }),
    ]) {
      throwsCode(make, 'ErrInvalidArgument');
    }
  });

  it('agree on version 1 when the other side offers it too', () => {
    const agreed = (min: number, max: number) => agreedVersion(decodeHello1(patch(hello1, 1, [min, max])));
    assert.deepEqual([agreed(1, 1), agreed(0, 9), agreed(1, 3)], [1, 1, 1]);
    assert.deepEqual([agreed(2, 3), agreed(0, 0)], [undefined, undefined]);
  });

  it('echo all bytes of hello1 but the first, with those of a later version', () => {
    const longer = concat(hello1, bytes('0102'));
    for (const hello of [hello1, longer]) {
      assert.deepEqual(helloEcho(crypto, hello), crypto.sha256(hello.subarray(1)).slice(0, 8));
    }
    throwsCode(() => helloEcho(crypto, hello1.subarray(1)), 'ErrInvalidArgument');
  });
});
