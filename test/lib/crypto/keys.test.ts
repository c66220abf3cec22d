import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { toHex } from '../../../lib/bytes';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { checkPublicKey, checkSharedSecret, isAcceptablePublicKey } from '../../../lib/crypto/public-key';
import { ToxAsyncError } from '../../../lib/errors';
import { ACCEPTABLE_KEYS, NACL_BOX, UNACCEPTABLE_KEYS } from '../../../lib/testing/crypto/known-answers';
import { PROVIDERS } from './support/providers';

describe('acceptable public keys', () => {
  it('are 32 bytes, canonical and not of low order', () => {
    for (const key of ACCEPTABLE_KEYS) assert.equal(isAcceptablePublicKey(key), true, toHex(key));
    for (const key of UNACCEPTABLE_KEYS) assert.equal(isAcceptablePublicKey(key), false, toHex(key));
  });

  it('are all that checkPublicKey lets pass', () => {
    for (const key of ACCEPTABLE_KEYS) checkPublicKey(key, 'The key');
    for (const key of UNACCEPTABLE_KEYS) {
      assert.throws(
        () => checkPublicKey(key, 'The key'),
        (e) => ToxAsyncError.is(e, 'ErrInvalidKey'),
      );
    }
  });

  it('are not our own', () => {
    const { alicePublic, bobPublic } = NACL_BOX;
    checkPublicKey(bobPublic, 'The recipient', alicePublic);
    assert.throws(
      () => checkPublicKey(bobPublic, 'The recipient', alicePublic, bobPublic.slice()),
      (error: ToxAsyncError) => error.code === 'ErrInvalidKey' && error.message.startsWith('The recipient'),
    );
  });

  it('are not text, even from plain JavaScript', () => {
    assert.throws(
      // @ts-expect-error -- TypeScript refuses a text, plain JavaScript does not
      () => checkPublicKey(toHex(NACL_BOX.bobPublic), 'The recipient'),
      (e) => ToxAsyncError.is(e, 'ErrInvalidKey'),
    );
    assert.throws(
      // @ts-expect-error -- the same for an array of numbers
      () => checkPublicKey([...NACL_BOX.bobPublic], 'The recipient'),
      (e) => ToxAsyncError.is(e, 'ErrInvalidKey'),
    );
  });

  it('do not appear in the error', () => {
    const key = UNACCEPTABLE_KEYS[2]!;
    assert.throws(
      () => checkPublicKey(key, 'The key'),
      (e: Error) => !e.message.includes(toHex(key).slice(0, 8)),
    );
  });
});

describe('a shared secret', () => {
  it('is never all zero, even if a library lets it pass', () => {
    assert.throws(
      () => checkSharedSecret(new Uint8Array(32)),
      (e) => ToxAsyncError.is(e, 'ErrInvalidKey'),
    );
    const shared = new Uint8Array(32);
    shared[31] = 1;
    assert.equal(checkSharedSecret(shared), shared);
  });
});

describe('generating a key pair', () => {
  it('takes the 32 secret bytes from the injected randomness', () => {
    for (const crypto of PROVIDERS) {
      const asked: number[] = [];
      const bytes = (n: number) => {
        asked.push(n);
        return NACL_BOX.aliceSecret.slice(0, n);
      };
      const pair = generateKeyPair(crypto, { bytes });
      assert.deepEqual(asked, [32]);
      assert.deepEqual(pair.publicKey, NACL_BOX.alicePublic);
      assert.deepEqual(pair.secretKey, NACL_BOX.aliceSecret);
    }
  });

  it('gives a pair that shows its public key only, and whose secret can be wiped', () => {
    for (const crypto of PROVIDERS) {
      const pair = generateKeyPair(crypto, { bytes: () => NACL_BOX.aliceSecret.slice() });
      const shown = JSON.stringify(pair) + inspect(pair) + JSON.stringify({ ...pair }) + inspect({ ...pair });
      assert.ok(shown.includes(toHex(NACL_BOX.alicePublic)));
      assert.ok(!shown.includes(toHex(NACL_BOX.aliceSecret)) && !shown.includes('secretKey'));
      crypto.wipe(pair.secretKey);
      assert.deepEqual(pair.secretKey, new Uint8Array(32));
    }
  });
});
