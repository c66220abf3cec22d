import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mock } from 'node:test';
import fc from 'fast-check';
import { nobleKem } from '../../../lib/crypto/kem/noble-kem';
import { loadNodeKem } from '../../../lib/crypto/kem/node-kem';
import { portable } from './support/providers';

const seed = fc.uint8Array({ minLength: 64, maxLength: 64 });
const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 });
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

describe("node:crypto's own ML-KEM", () => {
  const nodeKem = loadNodeKem();

  it('is used from Node.js 24.7 on, and missing before', () => {
    assert.equal(nodeKem !== undefined, major > 24 || (major === 24 && minor >= 7));
  });

  if (nodeKem === undefined) return;

  it('makes the same bytes as the one in JavaScript', () => {
    fc.assert(
      fc.property(seed, entropy, fc.nat(1087), (key, m, at) => {
        const publicKey = nobleKem.kemPublicKey(key);
        assert.deepEqual(nodeKem.kemPublicKey(key), publicKey);
        const { ciphertext, secret } = portable.kemEncapsulate(publicKey, m);
        for (const kem of [nodeKem, nobleKem]) assert.deepEqual(kem.kemDecapsulate(key, ciphertext), secret);
        ciphertext[at]! ^= 1;
        assert.deepEqual(nodeKem.kemDecapsulate(key, ciphertext), nobleKem.kemDecapsulate(key, ciphertext));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the ML-KEM in JavaScript', () => {
  it('is loaded for the first agreement that needs it, and not by a start', () => {
    const script = `
      const { chooseCryptoProvider } = require('./lib/index.ts');
      const crypto = chooseCryptoProvider();
      const isLoaded = () => Object.keys(require.cache).some((file) => file.includes('ml-kem.js'));
      const before = isLoaded();
      crypto.kemEncapsulate(crypto.kemPublicKey(new Uint8Array(64)), new Uint8Array(32));
      console.log(before, isLoaded());`;
    const { stdout } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
      encoding: 'utf8',
    });
    assert.equal(stdout, 'false true\n');
  });

  /** Whole arrays that were filled while `use` ran. */
  const filledBy = (use: () => unknown): Uint8Array[] => {
    const fill = mock.method(Uint8Array.prototype, 'fill');
    try {
      use();
      return fill.mock.calls.map((call) => call.this as Uint8Array);
    } finally {
      fill.mock.restore();
    }
  };

  it('wipes the decapsulation key that it expands', () => {
    const key = new Uint8Array(64).fill(7);
    const { ciphertext } = portable.kemEncapsulate(portable.kemPublicKey(key), new Uint8Array(32));
    for (const use of [() => nobleKem.kemPublicKey(key), () => nobleKem.kemDecapsulate(key, ciphertext)]) {
      const expanded = filledBy(use).filter(({ length }) => length === 2400);
      assert.equal(expanded.length, 1);
      assert.deepEqual(expanded[0], new Uint8Array(2400));
    }
  });
});
