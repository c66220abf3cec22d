import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../../lib/bytes';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import {
  decodeExchange,
  encodeExchange,
  keyListHash,
  verifyExchange,
  type ExchangeInput,
} from '../../../../lib/protocol/keys/exchange';
import { keySecret } from '../../../../lib/protocol/keys/key-secret';
import { splitIntoFrames } from '../../../../lib/protocol/session/frames';
import type { KeyPair } from '../../../../lib/types';
import { LOW_ORDER_POINTS, UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import {
  bytes,
  crypto,
  filled,
  flip,
  isWiped,
  P,
  pair,
  patch,
  R,
  S,
  throwsCode,
  watching,
} from '../support/fixtures';

const E = pair('ephemeral');
const SEED = crypto.sha256(utf8('seed'));
const KEYS = [
  { index: 1, publicKey: P.publicKey },
  { index: 104, publicKey: E.publicKey },
];

function input(change: Partial<ExchangeInput> = {}): ExchangeInput {
  return {
    from: S,
    to: R.publicKey,
    batch: 0x010203,
    valid: 2_592_000,
    timestamp: 1764000000,
    seed: SEED,
    keys: KEYS,
    ...change,
  };
}

const exchange = encodeExchange(crypto, input());
const COUNT_AT = 113;

function isMalformed(value: Uint8Array, message?: string): void {
  throwsCode(() => decodeExchange(value), 'ErrMalformed', message);
}

describe('an exchange', () => {
  it('has the bytes of docs/PROTOCOL.md before its MAC', () => {
    const time = new Uint8Array([0, 0, 0, 0, ...bigEndian(1764000000)]);
    const keys = concat(bytes('02 01'), P.publicKey, bytes('68'), E.publicKey);
    const body = concat(bytes('01 00'), S.publicKey, R.publicKey, bytes('010203 00278d00'), time, SEED, keys);
    const shared = crypto.sharedSecret(S.secretKey, R.publicKey);
    const key = labelledHash(crypto, 'exchange-mac', shared, S.publicKey, R.publicKey);
    assert.deepEqual(exchange, concat(body, crypto.hmacSha256(key, body)));
  });

  it('is read back as it was written', () => {
    const { from, ...rest } = input();
    assert.deepEqual(decodeExchange(exchange), { from: from.publicKey, ...rest });
  });

  it('of 104 keys has 3,578 bytes, three fragments', () => {
    const keys = Array.from({ length: 104 }, (_, i) => ({ index: i + 1, publicKey: P.publicKey }));
    const full = encodeExchange(crypto, input({ keys }));
    assert.equal(full.length, 3578);
    assert.equal(splitIntoFrames(full, 1).length, 3);
    assert.deepEqual(decodeExchange(full).keys, keys);
  });

  it('is proven by its maker to the peer it names, and to nobody else', () => {
    assert.equal(verifyExchange(crypto, exchange, R), true);
    assert.equal(verifyExchange(crypto, exchange, pair('mallory')), false);
    assert.equal(verifyExchange(crypto, exchange, S), false);
    const forMallory = patch(exchange, 34, pair('mallory').publicKey);
    assert.equal(verifyExchange(crypto, forMallory, pair('mallory')), false);
    const byMallory = patch(encodeExchange(crypto, input({ from: pair('mallory') })), 2, S.publicKey);
    assert.equal(verifyExchange(crypto, byMallory, R), false);
  });

  it('is not verified by anybody but the peer it names, even with a MAC that its own secret fits', () => {
    const mallory = pair('mallory').publicKey;
    assert.equal(verifyExchange(crypto, withMac(exchange, R, S.publicKey), R), true);
    assert.equal(verifyExchange(crypto, withMac(patch(exchange, 34, mallory), R, S.publicKey), R), false);
    assert.equal(verifyExchange(crypto, withMac(patch(exchange, 2, R.publicKey), R, R.publicKey), R), false);
  });

  it('is not verified with any bit changed', () => {
    for (let bit = 0; bit < exchange.length * 8; bit += 3) {
      let verified: boolean;
      try {
        verified = verifyExchange(crypto, flip(exchange, bit), R);
      } catch {
        verified = false;
      }
      assert.equal(verified, false, `bit ${bit}`);
    }
  });

  it('is not verified when it names ourselves or an unacceptable key as its maker', () => {
    for (const key of [R.publicKey, ...UNACCEPTABLE_KEYS.filter(({ length }) => length === 32)]) {
      assert.equal(verifyExchange(crypto, patch(exchange, 2, key), R), false);
    }
  });

  it('is refused at any other length', () => {
    for (let length = 0; length < exchange.length; length += 1) isMalformed(exchange.subarray(0, length));
    isMalformed(concat(exchange, bytes('00')));
    throwsCode(() => verifyExchange(crypto, exchange.subarray(1), R), 'ErrMalformed');
  });

  it('is refused in another version or with flags', () => {
    for (const version of [0, 2]) isMalformed(patch(exchange, 0, [version]));
    for (const flags of [1, 0x80]) isMalformed(patch(exchange, 1, [flags]));
  });

  it('is refused with batch 0, a validity of nothing or of over 30 days, or no keys', () => {
    isMalformed(patch(exchange, 66, [0, 0, 0]));
    for (const valid of ['00278d01', '00000000']) isMalformed(patch(exchange, 69, bytes(valid)));
    assert.equal(decodeExchange(patch(exchange, 69, bytes('00000001'))).valid, 1);
    isMalformed(concat(patch(exchange, COUNT_AT, [0]).subarray(0, COUNT_AT + 1), filled(32, 0)));
    const keys = concat(
      ...Array.from({ length: 105 }, (_, i) => concat(new Uint8Array([i + 1]), P.publicKey)),
    );
    isMalformed(concat(exchange.subarray(0, COUNT_AT), new Uint8Array([105]), keys, filled(32, 0)));
  });

  it('is refused when its indexes do not rise from 1 to 104', () => {
    const at = (index: number) => COUNT_AT + 1 + index * 33;
    for (const [first, second] of [
      [0, 2],
      [2, 2],
      [3, 2],
      [1, 105],
    ] as const) {
      isMalformed(patch(patch(exchange, at(0), [first]), at(1), [second]), `${first}, ${second}`);
    }
  });

  it('reads a time that no clock can show as no time', () => {
    assert.equal(decodeExchange(patch(exchange, 73, filled(8, 0xff))).timestamp, 0);
  });

  it('leaves the judgement of its keys to their holder, who can then answer', () => {
    const zero = patch(exchange, COUNT_AT + 2, filled(32, 0));
    assert.deepEqual(decodeExchange(zero).keys[0], { index: 1, publicKey: filled(32, 0) });
  });

  it('is never made with a key, a number or a count that would be refused', () => {
    const refuse = (change: Partial<ExchangeInput>, code: Parameters<typeof throwsCode>[1]) =>
      throwsCode(() => encodeExchange(crypto, input(change)), code);
    for (const key of [...UNACCEPTABLE_KEYS, S.publicKey]) {
      refuse({ to: key }, 'ErrInvalidKey');
      refuse({ keys: [{ index: 1, publicKey: key }] }, 'ErrInvalidKey');
    }
    refuse({ keys: [{ index: 1, publicKey: R.publicKey }] }, 'ErrInvalidKey');
    for (const batch of [0, -1, 0x1000000, 0.5]) refuse({ batch }, 'ErrInvalidArgument');
    for (const valid of [-1, 0, 2_592_001, 0.5]) refuse({ valid }, 'ErrInvalidArgument');
    for (const timestamp of [-1, 0.5, 2 ** 53]) refuse({ timestamp }, 'ErrInvalidArgument');
    refuse({ keys: [] }, 'ErrInvalidArgument');
    for (const length of [0, 31, 33]) refuse({ seed: filled(length, 1) }, 'ErrInvalidArgument');
    for (const [a, b] of [
      [0, 1],
      [2, 2],
      [2, 1],
      [1, 105],
      [1, 1.5],
    ] as const) {
      const keys = [
        { index: a, publicKey: P.publicKey },
        { index: b, publicKey: E.publicKey },
      ];
      refuse({ keys }, 'ErrInvalidArgument');
    }
  });

  it('leaves no shared secret behind, neither when made nor when verified', () => {
    for (const run of [
      (watched: typeof crypto) => void encodeExchange(watched, input()),
      (watched: typeof crypto) => void verifyExchange(watched, exchange, R),
    ]) {
      const { crypto: watched, shared, hashes } = watching();
      run(watched);
      assert.equal(shared.length, 1);
      assert.ok(shared.every(isWiped));
      assert.ok(hashes.length === 1 && hashes.every(isWiped), 'the key of the MAC');
    }
  });

  it('has a MAC that no low-order key can make known', () => {
    for (const point of LOW_ORDER_POINTS) {
      assert.equal(verifyExchange(crypto, patch(exchange, 2, point), R), false);
    }
  });
});

describe('the secret of a one-time key', () => {
  const [first] = KEYS as [(typeof KEYS)[0]];

  it('is the labelled hash of seed, batch, index and public key', () => {
    const place = bytes('010203 01');
    assert.deepEqual(
      keySecret(crypto, SEED, 0x010203, first),
      labelledHash(crypto, 'key-secret', SEED, place, P.publicKey),
    );
  });

  it('is another for each seed, batch, index and key', () => {
    const secrets = [
      keySecret(crypto, SEED, 1, first),
      keySecret(crypto, filled(32, 1), 1, first),
      keySecret(crypto, SEED, 2, first),
      keySecret(crypto, SEED, 1, { ...first, index: 2 }),
      keySecret(crypto, SEED, 1, { ...first, publicKey: E.publicKey }),
    ];
    assert.equal(new Set(secrets.map(toHex)).size, secrets.length);
  });
});

describe('the hash of a list of keys', () => {
  it('is SHA-256 of the seed and each index and key', () => {
    const joined = concat(SEED, bytes('01'), P.publicKey, bytes('68'), E.publicKey);
    assert.deepEqual(keyListHash(crypto, { seed: SEED, keys: KEYS }), crypto.sha256(joined));
    assert.deepEqual(keyListHash(crypto, decodeExchange(exchange)), crypto.sha256(joined));
  });

  it('differs with the seed, an index, a key or the number of keys', () => {
    const [first, second] = KEYS as [(typeof KEYS)[0], (typeof KEYS)[0]];
    const lists = [
      KEYS,
      [first],
      [second],
      [{ ...first, index: 2 }, second],
      [{ ...first, publicKey: R.publicKey }, second],
    ];
    const hashOf = (seed: Uint8Array, keys: typeof KEYS) => toHex(keyListHash(crypto, { seed, keys }));
    const hashes = new Set([hashOf(filled(32, 1), KEYS), ...lists.map((list) => hashOf(SEED, list))]);
    assert.equal(hashes.size, lists.length + 1);
  });
});

/** The exchange with the MAC that X(own, peer) gives for the names in it. */
function withMac(bytes: Uint8Array, own: KeyPair, peer: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, -32);
  const shared = crypto.sharedSecret(own.secretKey, peer);
  const key = labelledHash(crypto, 'exchange-mac', shared, body.subarray(2, 34), body.subarray(34, 66));
  return concat(body, crypto.hmacSha256(key, body));
}

function bigEndian(n: number): number[] {
  return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}
