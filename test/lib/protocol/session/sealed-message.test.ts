import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat } from '../../../../lib/bytes';
import { CHUNK_ENVELOPE_BYTES } from '../../../../lib/protocol/envelope/envelope';
import { splitIntoFrames } from '../../../../lib/protocol/session/frames';
import { encodeSessionMessage, type SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { openSealed, sealMessage } from '../../../../lib/protocol/session/sealed-message';
import { bytes, crypto, filled, flip, isWiped, throwsCode, watching } from '../support/fixtures';

const KEY = filled(32, 0x42);
const BODY = bytes('010203');

describe('a sealed message', () => {
  it('is 0x02, the counter, and a secretbox of kind and body under the counter as nonce', () => {
    const nonce = concat(bytes('0000000102030405'), new Uint8Array(16));
    assert.deepEqual(
      sealMessage(crypto, KEY, 0x0102030405, 0x21, BODY),
      concat(bytes('02 0000000102030405'), crypto.secretbox(bytes('21010203'), nonce, KEY)),
    );
  });

  it('opens to what was sealed', () => {
    for (const body of [BODY, new Uint8Array(), filled(3000, 9)]) {
      for (const counter of [1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
        const sealed = sealMessage(crypto, KEY, counter, 0xff, body);
        assert.deepEqual(openSealed(crypto, KEY, sealed), { counter, kind: 0xff, body });
      }
    }
  });

  it('does not open with another key, counter or any bit changed', () => {
    const sealed = sealMessage(crypto, KEY, 3, 0x10, BODY);
    assert.equal(openSealed(crypto, filled(32, 0x43), sealed), undefined);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      assert.equal(openSealed(crypto, KEY, flip(sealed, bit)), undefined, `bit ${bit}`);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      assert.equal(openSealed(crypto, KEY, sealed.subarray(0, length)), undefined);
    }
  });

  it('has a counter from 1 to 2^53 - 1 and a kind of one byte', () => {
    for (const counter of [0, -1, 1.5, NaN, 2 ** 53]) {
      throwsCode(() => sealMessage(crypto, KEY, counter, 1, BODY), 'ErrInvalidArgument');
    }
    throwsCode(() => sealMessage(crypto, KEY, 1, 256, BODY), 'ErrInvalidArgument');
    for (const prefix of ['02 0000000000000000', '02 0020000000000000', '02 ffffffffffffffff']) {
      const nonce = concat(bytes(prefix).subarray(1), new Uint8Array(16));
      const made = concat(bytes(prefix), crypto.secretbox(bytes('1001'), nonce, KEY));
      assert.equal(openSealed(crypto, KEY, made), undefined);
    }
  });

  it('has a kind', () => {
    const nonce = concat(bytes('0000000000000001'), new Uint8Array(16));
    const made = concat(bytes('02 0000000000000001'), crypto.secretbox(new Uint8Array(), nonce, KEY));
    assert.equal(openSealed(crypto, KEY, made), undefined);
  });

  it('leaves no copy of the plaintext', () => {
    const { crypto: watched, plains } = watching();
    sealMessage(watched, KEY, 1, 0x10, BODY);
    assert.ok(plains.length === 1 && isWiped(plains[0]));
    assert.deepEqual(BODY, bytes('010203'));
  });

  it('leaves none when the box cannot be made either', () => {
    let plain: Uint8Array | undefined;
    const broken = {
      ...crypto,
      secretbox: (given: Uint8Array) => {
        plain = given;
        throw new Error('no box');
      },
    };
    assert.throws(() => sealMessage(broken, KEY, 1, 0x10, BODY), /no box/);
    assert.ok(isWiped(plain));
  });

  it('never throws at what a stranger sends', () => {
    const sealed = sealMessage(crypto, KEY, 3, 0x10, BODY);
    const sent = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(sealed.length).map((n) => sealed.subarray(0, n)),
    );
    fc.assert(
      fc.property(sent, (value) => {
        assert.ok(value.length === sealed.length || openSealed(crypto, KEY, value) === undefined);
      }),
    );
  });

  it('fits into four frames with a chunk of a large message, whichever way it goes', () => {
    const envelope = filled(CHUNK_ENVELOPE_BYTES, 1);
    const messages: SessionMessage[] = [
      { kind: 'store', request: 1, remaining: 60, envelope },
      { kind: 'fetched', request: 1, position: 0, code: 'ok', age: 0, envelope },
      { kind: 'deliver', request: 1, envelope },
    ];
    for (const message of messages) {
      const { kind, body } = encodeSessionMessage(message);
      const sealed = sealMessage(crypto, filled(32, 2), 1, kind, body);
      assert.equal(splitIntoFrames(sealed, 1).length, 4);
    }
  });
});
