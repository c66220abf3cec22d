import assert from 'node:assert/strict';
import type { CryptoProvider } from '../../crypto/provider';
import type { TestRunner } from '../test-runner';
import { NACL_BOX } from './known-answers';

const { aliceSecret, alicePublic, bobSecret, bobPublic, boxKey, nonce, plain, boxed } = NACL_BOX;

/** Whose memory is written, wiped and given. */
export function memoryTests(it: TestRunner['it'], crypto: CryptoProvider): void {
  it('keeps the secret it was given instead of a copy, so that wiping one wipes the other', () => {
    const secret = bobSecret.slice();
    assert.equal(crypto.keyPairFromSecret(secret).secretKey, secret);
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
    const spoilt = boxed.slice();
    spoilt[0] = (spoilt[0] ?? 0) ^ 1;
    assert.equal(crypto.openSecretbox(spoilt, nonce, boxKey, target), undefined);
    assert.ok(target.every((byte) => byte === 0xee));
  });

  it('seals and opens a secretbox into memory that it is given', () => {
    const target = new Uint8Array(boxed.length + 2).fill(0xee);
    const made = crypto.secretbox(plain, nonce, boxKey, target.subarray(1, -1));
    assert.deepEqual(made, crypto.secretbox(plain, nonce, boxKey));
    assert.equal(made.buffer, target.buffer);
    assert.deepEqual([target[0], target.at(-1)], [0xee, 0xee]);
    const opened = new Uint8Array(plain.length);
    assert.equal(crypto.openSecretbox(made, nonce, boxKey, opened), opened);
    assert.deepEqual(opened, plain);
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
}
