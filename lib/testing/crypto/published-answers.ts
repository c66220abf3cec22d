import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import type { TestRunner } from '../test-runner';
import { NACL_BOX, RFC_7748 } from './known-answers';

const { aliceSecret, alicePublic, bobSecret, bobPublic, shared, boxKey, nonce, plain, boxed } = NACL_BOX;

/** Answers that others published. */
export function publishedAnswerTests(it: TestRunner['it'], crypto: CryptoProvider): void {
  it('makes the published public halves', () => {
    assert.deepEqual(crypto.keyPairFromSecret(aliceSecret).publicKey, alicePublic);
    assert.deepEqual(crypto.keyPairFromSecret(bobSecret).publicKey, bobPublic);
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
}
