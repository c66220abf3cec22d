import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { hasCode } from '../has-code';
import type { TestRunner } from '../test-runner';
import { bytes, LOW_ORDER_POINTS, NACL_BOX, UNACCEPTABLE_KEYS } from './known-answers';

const { aliceSecret, alicePublic, bobSecret, bobPublic, shared, boxKey, nonce, plain, boxed } = NACL_BOX;
const invalidKey = hasCode('ErrInvalidKey');
const [, lowOrder = new Uint8Array(32)] = LOW_ORDER_POINTS;

/** What does not open, what is no key, and what errors say. */
export function refusalTests(it: TestRunner['it'], crypto: CryptoProvider): void {
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
    flip(flipped, 20);
    const otherNonce = nonce.slice();
    flip(otherNonce, 0);
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
      assert.throws(() => crypto.sharedSecret(aliceSecret, point), invalidKey, toHex(point));
    }
  });

  it('boxes to no unacceptable key and opens nothing from one', () => {
    for (const key of UNACCEPTABLE_KEYS) {
      assert.throws(() => crypto.box(plain, nonce, key, aliceSecret), invalidKey, toHex(key));
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
        assert.throws(attempt, invalidKey);
      }
    }
    for (const wrong of [new Uint8Array(23), new Uint8Array(25)]) {
      for (const attempt of [
        () => crypto.box(plain, wrong, bobPublic, aliceSecret),
        () => crypto.openBox(boxed, wrong, alicePublic, bobSecret),
        () => crypto.secretbox(plain, wrong, boxKey),
        () => crypto.openSecretbox(boxed, wrong, boxKey),
      ]) {
        assert.throws(attempt, hasCode('ErrInvalidArgument'));
      }
    }
  });

  it('says nothing of a key in its errors', () => {
    const secret = new Uint8Array(31).fill(0xab);
    for (const attempt of [
      () => crypto.sharedSecret(secret, bobPublic),
      () => crypto.sharedSecret(aliceSecret, lowOrder),
      () => crypto.box(plain, nonce, lowOrder, aliceSecret),
    ]) {
      assert.throws(attempt, (error: Error) => {
        assert.equal(error.cause, undefined);
        assert.doesNotMatch(error.message, /[0-9a-f]{8}|171|ab,/i);
        return true;
      });
    }
  });

  it('compares in full, and finds other lengths different', () => {
    assert.equal(crypto.equal(boxed, boxed.slice()), true);
    assert.equal(crypto.equal(boxed, boxed.subarray(1)), false);
    const last = boxed.slice();
    flip(last, last.length - 1);
    assert.equal(crypto.equal(boxed, last), false);
    assert.equal(crypto.equal(bytes(''), bytes('')), true);
  });
}

function flip(value: Uint8Array, at: number): void {
  value[at] = (value[at] ?? 0) ^ 1;
}
