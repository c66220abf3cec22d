import assert from 'node:assert/strict';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { loadSodiumProvider } from '../../../lib/crypto/providers/sodium';
import { ToxAsyncError } from '../../../lib/errors';
import { cryptoProviderSuite } from '../../../lib/testing/crypto/crypto-provider-suite';
import { NACL_BOX, UNACCEPTABLE_KEYS } from '../../../lib/testing/crypto/known-answers';
import { portable, PROVIDERS, sodium } from './support/providers';

for (const crypto of PROVIDERS) cryptoProviderSuite({ describe, it, after }, crypto.name, crypto);

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonce = fc.uint8Array({ minLength: 24, maxLength: 24 });
const data = fc.uint8Array({ maxLength: 1600 });
const publicKey = fc.oneof(key, fc.constantFrom(...UNACCEPTABLE_KEYS));

describe('the two crypto providers', () => {
  /** Result, or the code of the typed error. */
  const attempt = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      assert.ok(ToxAsyncError.is(error));
      return error.code;
    }
  };

  /** Both must give the same bytes, undefined or error for the same input. */
  const same = (use: (crypto: CryptoProvider) => unknown): void => {
    const [first, second] = PROVIDERS.map((crypto) => attempt(() => use(crypto)));
    assert.deepEqual(first, second);
  };

  before(function () {
    if (sodium === undefined) this.skip();
  });

  it('make byte-identical key pairs and shared secrets', () => {
    fc.assert(
      fc.property(key, (secret) => same((c) => c.keyPairFromSecret(secret))),
      { numRuns: 50 },
    );
    fc.assert(fc.property(key, publicKey, (secret, peer) => same((c) => c.sharedSecret(secret, peer))));
  });

  it('make byte-identical boxes and secretboxes', () => {
    fc.assert(fc.property(data, nonce, publicKey, key, (...args) => same((c) => c.box(...args))));
    fc.assert(fc.property(data, nonce, key, (...args) => same((c) => c.secretbox(...args))));
  });

  it('open the same boxes, each what the other made', () => {
    fc.assert(
      fc.property(data, nonce, key, key, fc.nat(1700), (plain, n, mine, theirs, at) => {
        const peer = portable.keyPairFromSecret(theirs).publicKey;
        for (const crypto of PROVIDERS) {
          const boxed = crypto.box(plain, n, peer, mine);
          const own = portable.keyPairFromSecret(mine).publicKey;
          for (const opener of PROVIDERS) assert.deepEqual(opener.openBox(boxed, n, own, theirs), plain);
          boxed[at % boxed.length]! ^= 1;
          for (const opener of PROVIDERS) assert.equal(opener.openBox(boxed, n, own, theirs), undefined);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hash and authenticate alike', () => {
    fc.assert(fc.property(data, (input) => same((c) => c.sha256(input))));
    fc.assert(fc.property(data, data, (k, input) => same((c) => c.hmacSha256(k, input))));
  });
});

describe('the portable provider', () => {
  const { aliceSecret, bobPublic, nonce, plain, boxed, boxKey } = NACL_BOX;

  /** Runs `use` while tweetnacl's functions note the keys they are given. */
  const keysUsedBy = (use: () => unknown): Uint8Array[] => {
    const { lowlevel } = nacl as typeof nacl & {
      lowlevel: { crypto_core_hsalsa20: (...args: Uint8Array[]) => void };
    };
    const { crypto_core_hsalsa20 } = lowlevel;
    const { secretbox } = nacl;
    const keys: Uint8Array[] = [];
    lowlevel.crypto_core_hsalsa20 = (...args) => {
      keys.push(args[2]!);
      crypto_core_hsalsa20(...args);
    };
    const noting = (message: Uint8Array, n: Uint8Array, key: Uint8Array) => {
      assert.deepEqual(key, boxKey);
      keys.push(key);
      return secretbox(message, n, key);
    };
    const open = (box: Uint8Array, n: Uint8Array, key: Uint8Array) => {
      keys.push(key);
      return secretbox.open(box, n, key);
    };
    nacl.secretbox = Object.assign(noting, { ...secretbox, open });
    try {
      use();
    } finally {
      nacl.secretbox = secretbox;
      lowlevel.crypto_core_hsalsa20 = crypto_core_hsalsa20;
    }
    return keys;
  };

  it('wipes the shared secret and the key of every box it makes or opens', () => {
    for (const use of [
      () => portable.box(plain, nonce, bobPublic, aliceSecret),
      () => portable.openBox(boxed, nonce, bobPublic, aliceSecret),
      () => portable.openBox(plain, nonce, bobPublic, aliceSecret),
    ]) {
      const keys = keysUsedBy(use);
      assert.equal(keys.length, 2);
      for (const used of keys) assert.deepEqual(used, new Uint8Array(32));
    }
  });
});

describe('choosing a crypto provider', () => {
  it('takes sodium-native where it loads, else the portable one', () => {
    assert.equal(chooseCryptoProvider().name, sodium === undefined ? 'portable' : 'sodium-native');
  });

  it('goes on without sodium-native when it is missing or does not load', () => {
    const missing = () => {
      throw Object.assign(new Error("Cannot find module 'sodium-native'"), { code: 'MODULE_NOT_FOUND' });
    };
    assert.equal(loadSodiumProvider(missing), undefined);
  });
});
