import assert from 'node:assert/strict';
import { injectedOnly } from './support/rules';
import { breaches } from './support/rule-check';

const BREACHES = [
  `Date.now();`,
  `new Date();`,
  `const now = Date;`,
  `function f() { return { at: Date.now() }; }`,
  `globalThis.Date.now();`,
  `Math.random();`,
  `Math['random']();`,
  `setTimeout(() => {}, 1);`,
  `setInterval(() => {}, 1);`,
  `setImmediate(() => {});`,
  `global.setTimeout(() => {}, 1);`,
  `performance.now();`,
  `process.hrtime.bigint();`,
  `crypto.getRandomValues(new Uint8Array(1));`,
  `import 'node:fs';`,
  `import { readFile } from 'fs/promises';`,
  `export { readFile } from 'node:fs/promises';`,
  `export * from 'node:fs';`,
  `import { setTimeout } from 'node:timers/promises';`,
  `import { setTimeout } from 'timers';`,
  `import { performance } from 'node:perf_hooks';`,
  `import fs = require('node:fs');`,
  `const fs = require('fs');`,
  `const fs = await import('node:fs');`,
  `import { randomBytes } from 'node:crypto';`,
  `import { randomBytes as bytes } from 'crypto';`,
  `import { randomFillSync } from 'node:crypto';`,
  `import { randomFill } from 'node:crypto';`,
  `import { randomUUID } from 'node:crypto';`,
  `import { generateKeyPair } from 'node:crypto';`,
  `import { generateKeyPairSync } from 'node:crypto';`,
  `import { webcrypto } from 'node:crypto';`,
  `import * as c from 'node:crypto'; c.randomBytes(1);`,
  `import c from 'node:crypto'; c['randomBytes'](1);`,
  `import c = require('node:crypto'); c.randomBytes(1);`,
  `const c = require('node:crypto'); c.randomBytes(1);`,
  `const { randomBytes } = require('node:crypto');`,
  `import c from 'node:crypto'; const { randomBytes } = c;`,
  `import nacl from 'tweetnacl'; nacl.randomBytes(1);`,
  `import nacl from 'tweetnacl'; nacl.box.keyPair();`,
  `const sodium = require('sodium-native'); sodium.randombytes_buf(b);`,
  `const sodium = require('sodium-native'); sodium.crypto_box_keypair(a, b);`,
];

const ALLOWED = [
  `import { createHash, timingSafeEqual } from 'node:crypto';`,
  `import type { Stats } from 'node:fs';`,
  `import nacl from 'tweetnacl'; nacl.box.keyPair.fromSecretKey(s);`,
  `function f(crypto: Provider, clock: Clock) { crypto.sha256(x); clock.now(); }`,
  `import { generateKeyPair } from './generate'; generateKeyPair(crypto_, random);`,
  `function f(setTimeout: () => void) { setTimeout(); }`,
  `interface Record { at: Date }`,
  `const x = { Date: 1 }; x.Date;`,
  `Math.floor(1.5);`,
];

describe('What lib/ may touch of the machine', () => {
  for (const code of BREACHES) {
    it(`refuses ${code}`, () => {
      assert.ok(breaches(injectedOnly, 'lib/client/a.ts', code).includes('injected'));
    });
  }

  for (const code of ALLOWED) {
    it(`allows ${code}`, () => {
      assert.deepEqual(breaches(injectedOnly, 'lib/client/a.ts', code), []);
    });
  }

  it('leaves the platform, the lock, the engines and the child of toxcore alone', () => {
    const files = [
      'lib/platform/clock.ts',
      'lib/store/directory/lock/directory-lock.ts',
      'lib/store/lmdb/lmdb-worker.ts',
      'lib/store/nedb/nedb-store.ts',
      'lib/transport/toxcore/child/child.ts',
      'nodes/runtime/status.ts',
      'test/lib/a.ts',
    ];
    for (const file of files) {
      assert.deepEqual(breaches(injectedOnly, file, `Date.now(); import 'node:fs';`), [], file);
    }
  });

  it('watches the other files of those folders', () => {
    for (const file of [
      'lib/store/table.ts',
      'lib/transport/virtual/virtual-network.ts',
      'lib/crypto/providers/sodium.ts',
    ]) {
      assert.deepEqual(breaches(injectedOnly, file, `Date.now();`), ['injected'], file);
    }
  });
});
