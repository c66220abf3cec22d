import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { hasCode } from '../has-code';
import type { TestRunner } from '../test-runner';

const rising = (length: number) => Uint8Array.from({ length }, (_, i) => i);
const decapsulationKey = rising(64);
const entropy = rising(32);

/** SHA-256 of public key and ciphertext, and the secret: what OpenSSL 3.5 says of these bytes too. */
const KNOWN = {
  publicKey: '0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9',
  ciphertext: '39826fe40dc54a3fef68b7c228ed8fb22931012b6fa3bd3e7f204d54db0ac1e1',
  secret: '42f558b0bc5d700a911b0fc67f62376f7aee4667f1969e03f18bdfdf3c59fbdc',
};

/** A key with `triple` in place of two of its coefficients, which are 12 bits long. */
function withTriple(key: Uint8Array, at: number, triple: readonly number[]): Uint8Array {
  const changed = key.slice();
  changed.set(triple, at);
  return changed;
}

/** ML-KEM-768 (FIPS 203). */
export function kemTests(it: TestRunner['it'], crypto: CryptoProvider): void {
  const publicKey = () => crypto.kemPublicKey(decapsulationKey);

  it('makes the same KEM key, ciphertext and secret of the same bytes', () => {
    const { ciphertext, secret } = crypto.kemEncapsulate(publicKey(), entropy);
    assert.deepEqual([publicKey().length, ciphertext.length], [1184, 1088]);
    assert.equal(toHex(crypto.sha256(publicKey())), KNOWN.publicKey);
    assert.equal(toHex(crypto.sha256(ciphertext)), KNOWN.ciphertext);
    assert.equal(toHex(secret), KNOWN.secret);
    assert.deepEqual(crypto.kemDecapsulate(decapsulationKey, ciphertext), secret);
  });

  it('finds another secret, always the same, in a ciphertext that was changed or is for another key', () => {
    const { ciphertext, secret } = crypto.kemEncapsulate(publicKey(), entropy);
    const changed = withTriple(ciphertext, 1000, [1, 2, 3]);
    const other = decapsulationKey.slice().reverse();
    for (const [key, wrong] of [
      [decapsulationKey, changed],
      [other, ciphertext],
    ] as const) {
      const found = crypto.kemDecapsulate(key, wrong);
      assert.equal(found.length, 32);
      assert.notDeepEqual(found, secret);
      assert.deepEqual(crypto.kemDecapsulate(key, wrong), found);
    }
  });

  it('encapsulates to no key of another length or with a coefficient out of range', () => {
    const key = publicKey();
    for (const bad of [
      key.subarray(1),
      new Uint8Array([...key, 0]),
      new Uint8Array(),
      withTriple(key, 0, [0x01, 0x0d, 0x00]),
      withTriple(key, 1149, [0x00, 0x10, 0xd0]),
      new Uint8Array(1184).fill(0xff),
    ]) {
      assert.throws(() => crypto.kemEncapsulate(bad, entropy), hasCode('ErrInvalidKey'));
    }
    crypto.kemEncapsulate(withTriple(key, 0, [0x00, 0x0d, 0x00]), entropy);
  });

  it('refuses other KEM arguments of a wrong length', () => {
    const { ciphertext } = crypto.kemEncapsulate(publicKey(), entropy);
    for (const length of [0, 32, 63, 65, 2400]) {
      const key = new Uint8Array(length);
      assert.throws(() => crypto.kemPublicKey(key), hasCode('ErrInvalidKey'));
      assert.throws(() => crypto.kemDecapsulate(key, ciphertext), hasCode('ErrInvalidKey'));
    }
    for (const attempt of [
      () => crypto.kemDecapsulate(decapsulationKey, ciphertext.subarray(1)),
      () => crypto.kemDecapsulate(decapsulationKey, new Uint8Array(1089)),
      () => crypto.kemEncapsulate(publicKey(), entropy.subarray(1)),
      () => crypto.kemEncapsulate(publicKey(), new Uint8Array(33)),
    ]) {
      assert.throws(attempt, hasCode('ErrInvalidArgument'));
    }
  });

  it('gives plain Uint8Arrays of the KEM, and changes none of its arguments', () => {
    const key = publicKey();
    const before = key.slice();
    const { ciphertext, secret } = crypto.kemEncapsulate(key, entropy);
    const sent = ciphertext.slice();
    const found = crypto.kemDecapsulate(decapsulationKey, ciphertext);
    for (const value of [key, ciphertext, secret, found]) {
      assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype);
    }
    assert.deepEqual([key, ciphertext], [before, sent]);
    assert.deepEqual([decapsulationKey, entropy], [rising(64), rising(32)]);
  });
}
