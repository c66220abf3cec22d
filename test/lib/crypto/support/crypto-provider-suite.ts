import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { ToxAsyncError } from '../../../../lib/errors';
import { bytes, LOW_ORDER_POINTS, NACL_BOX, RFC_7748, UNACCEPTABLE_KEYS } from './known-answers';

/** What every CryptoProvider guarantees. `make` is called once; undefined skips the suite. */
export function cryptoProviderSuite(name: string, make: () => CryptoProvider | undefined): void {
  describe(`crypto provider ${name}`, () => {
    let crypto: CryptoProvider;
    const { aliceSecret, alicePublic, bobSecret, bobPublic, shared, boxKey, nonce, plain, boxed } = NACL_BOX;

    before(function () {
      const made = make();
      if (made === undefined) return this.skip();
      crypto = made;
    });

    it('makes the published public halves', () => {
      assert.deepEqual(crypto.keyPairFromSecret(aliceSecret).publicKey, alicePublic);
      assert.deepEqual(crypto.keyPairFromSecret(bobSecret).publicKey, bobPublic);
    });

    it('keeps the secret it was given instead of a copy, so that wiping one wipes the other', () => {
      const secret = bobSecret.slice();
      assert.equal(crypto.keyPairFromSecret(secret).secretKey, secret);
    });

    it('agrees with the X25519 answers of RFC 7748', () => {
      for (const { scalar, u, out } of RFC_7748) assert.deepEqual(crypto.sharedSecret(scalar, u), out);
      assert.deepEqual(crypto.sharedSecret(aliceSecret, bobPublic), shared);
      assert.deepEqual(crypto.sharedSecret(bobSecret, alicePublic), shared);
    });

    it('agrees with the box of the NaCl test program', () => {
      assert.deepEqual(crypto.box(plain, nonce, bobPublic, aliceSecret), boxed);
      assert.deepEqual(crypto.openBox(boxed, nonce, alicePublic, bobSecret), plain);
    });

    it('agrees with the secretbox of the NaCl test program', () => {
      assert.deepEqual(crypto.secretbox(plain, nonce, boxKey), boxed);
      assert.deepEqual(crypto.openSecretbox(boxed, nonce, boxKey), plain);
    });

    it('agrees with the published SHA-256 and HMAC-SHA-256', () => {
      assert.equal(
        toHex(crypto.sha256(utf8('abc'))),
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
      assert.equal(
        toHex(crypto.sha256(utf8('a'.repeat(1_000_000)))),
        'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
      );
      assert.equal(
        toHex(crypto.hmacSha256(new Uint8Array(20).fill(0x0b), utf8('Hi There'))),
        'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      );
    });

    it('puts what it makes into the memory it is given, and gives that', () => {
      const memory = new Uint8Array(4096).fill(0xee);
      const at = (start: number, length: number) => memory.subarray(start, start + length);
      const box = at(100, boxed.length);
      assert.equal(crypto.box(plain, nonce, bobPublic, aliceSecret, box), box);
      const opened = at(1000, plain.length);
      assert.equal(crypto.openBox(boxed, nonce, alicePublic, bobSecret, opened), opened);
      const digests = [plain, new Uint8Array(1534)].map((data, i) => {
        const digest = at(2000 + 100 * i, 32);
        assert.equal(crypto.sha256(data, digest), digest);
        assert.deepEqual(digest, crypto.sha256(data));
        return digest;
      });
      assert.deepEqual(box, boxed);
      assert.deepEqual(opened, plain);
      for (const used of [box, opened, ...digests]) used.fill(0xee);
      assert.ok(memory.every((byte) => byte === 0xee));
    });

    it('leaves that memory alone when a box does not open', () => {
      const target = new Uint8Array(plain.length).fill(0xee);
      assert.equal(crypto.openBox(boxed, nonce, bobPublic, bobSecret, target), undefined);
      assert.ok(target.every((byte) => byte === 0xee));
    });

    it('gives plain Uint8Arrays', () => {
      const made = [
        crypto.keyPairFromSecret(aliceSecret).publicKey,
        crypto.sharedSecret(aliceSecret, bobPublic),
        crypto.box(plain, nonce, bobPublic, aliceSecret),
        crypto.openBox(boxed, nonce, alicePublic, bobSecret),
        crypto.secretbox(plain, nonce, boxKey),
        crypto.openSecretbox(boxed, nonce, boxKey),
        crypto.sha256(plain),
        crypto.hmacSha256(boxKey, plain),
      ];
      for (const value of made) assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype);
    });

    it('seals and opens an empty message', () => {
      const none = new Uint8Array();
      assert.deepEqual(
        crypto.openBox(crypto.box(none, nonce, bobPublic, aliceSecret), nonce, alicePublic, bobSecret),
        none,
      );
      assert.deepEqual(crypto.openSecretbox(crypto.secretbox(none, nonce, boxKey), nonce, boxKey), none);
    });

    it('opens nothing that was changed, cut or made with another key or nonce', () => {
      const flipped = boxed.slice();
      flipped[20]! ^= 1;
      const otherNonce = nonce.slice();
      otherNonce[0]! ^= 1;
      for (const wrong of [
        flipped,
        boxed.subarray(1),
        boxed.subarray(0, -1),
        bytes(''),
        boxed.subarray(0, 15),
      ]) {
        assert.equal(crypto.openBox(wrong, nonce, alicePublic, bobSecret), undefined);
        assert.equal(crypto.openSecretbox(wrong, nonce, boxKey), undefined);
      }
      assert.equal(crypto.openBox(boxed, otherNonce, alicePublic, bobSecret), undefined);
      assert.equal(crypto.openSecretbox(boxed, otherNonce, boxKey), undefined);
      assert.equal(crypto.openBox(boxed, nonce, bobPublic, bobSecret), undefined);
      assert.equal(crypto.openSecretbox(boxed, nonce, shared), undefined);
    });

    it('never gives an all-zero shared secret', () => {
      for (const point of LOW_ORDER_POINTS) {
        assert.throws(() => crypto.sharedSecret(aliceSecret, point), isInvalidKey, toHex(point));
      }
    });

    it('boxes to no unacceptable key and opens nothing from one', () => {
      for (const key of UNACCEPTABLE_KEYS) {
        assert.throws(() => crypto.box(plain, nonce, key, aliceSecret), isInvalidKey, toHex(key));
        assert.equal(crypto.openBox(boxed, nonce, key, bobSecret), undefined, toHex(key));
      }
    });

    it('refuses keys and nonces of the wrong length', () => {
      for (const length of [0, 31, 33, 64]) {
        const key = new Uint8Array(length).fill(9);
        for (const attempt of [
          () => crypto.keyPairFromSecret(key),
          () => crypto.sharedSecret(key, bobPublic),
          () => crypto.sharedSecret(aliceSecret, key),
          () => crypto.box(plain, nonce, bobPublic, key),
          () => crypto.box(plain, nonce, key, aliceSecret),
          () => crypto.openBox(boxed, nonce, alicePublic, key),
          () => crypto.secretbox(plain, nonce, key),
          () => crypto.openSecretbox(boxed, nonce, key),
        ]) {
          assert.throws(attempt, isInvalidKey);
        }
      }
      for (const wrong of [new Uint8Array(23), new Uint8Array(25)]) {
        for (const attempt of [
          () => crypto.box(plain, wrong, bobPublic, aliceSecret),
          () => crypto.openBox(boxed, wrong, alicePublic, bobSecret),
          () => crypto.secretbox(plain, wrong, boxKey),
          () => crypto.openSecretbox(boxed, wrong, boxKey),
        ]) {
          assert.throws(attempt, (error) => ToxAsyncError.is(error, 'ErrInvalidArgument'));
        }
      }
    });

    it('says nothing of a key in its errors', () => {
      const secret = new Uint8Array(31).fill(0xab);
      for (const attempt of [
        () => crypto.sharedSecret(secret, bobPublic),
        () => crypto.sharedSecret(aliceSecret, LOW_ORDER_POINTS[1]!),
        () => crypto.box(plain, nonce, LOW_ORDER_POINTS[1]!, aliceSecret),
      ]) {
        assert.throws(attempt, (error: Error) => {
          assert.equal(error.cause, undefined);
          assert.doesNotMatch(error.message, /[0-9a-f]{8}|171|ab,/i);
          return true;
        });
      }
    });

    it('wipes with zeros', () => {
      const secret = aliceSecret.slice();
      crypto.wipe(secret);
      assert.deepEqual(secret, new Uint8Array(32));
      crypto.wipe(new Uint8Array());
    });

    it('wipes exactly the part it is given', () => {
      const whole = new Uint8Array(8).fill(7);
      crypto.wipe(whole.subarray(2, 4));
      assert.deepEqual([...whole], [7, 7, 0, 0, 7, 7, 7, 7]);
    });

    it('compares in full, and finds other lengths different', () => {
      assert.equal(crypto.equal(boxed, boxed.slice()), true);
      assert.equal(crypto.equal(boxed, boxed.subarray(1)), false);
      const last = boxed.slice();
      last[last.length - 1]! ^= 1;
      assert.equal(crypto.equal(boxed, last), false);
      assert.equal(crypto.equal(bytes(''), bytes('')), true);
    });

    it('reads parts of larger buffers and changes none of its arguments', () => {
      const frame = new Uint8Array(500);
      const inside = (value: Uint8Array, at: number) => {
        frame.set(value, at);
        return frame.subarray(at, at + value.length);
      };
      const args = [
        inside(plain, 3),
        inside(nonce, 150),
        inside(bobPublic, 200),
        inside(aliceSecret, 250),
      ] as const;
      const before = frame.slice();
      assert.deepEqual(crypto.box(...args), boxed);
      assert.deepEqual(frame, before);
    });
  });
}

function isInvalidKey(error: unknown): boolean {
  return ToxAsyncError.is(error, 'ErrInvalidKey');
}
