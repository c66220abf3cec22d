import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { LEVELS, levels } from './support/rules';
import { breaches } from './support/rule-check';

const found = (file: string, code: string) => breaches(levels, file, code);

describe('The direction of imports', () => {
  it('lets a folder import folders below it and its own files', () => {
    const code = `import '../errors'; import './table'; import type { Clock } from '../platform/clock';`;
    assert.deepEqual(found('lib/store/store.ts', code), []);
  });

  it('refuses an import from a folder above, as a value and as a type', () => {
    assert.deepEqual(found('lib/store/store.ts', `import { x } from '../client/outbox';`), ['upward']);
    assert.deepEqual(found('lib/store/store.ts', `import type { X } from '../client/outbox';`), ['upward']);
    assert.deepEqual(found('lib/store/store.ts', `let x: import('../client/outbox').X;`), ['upward']);
  });

  it('refuses an import between two folders of one level', () => {
    assert.deepEqual(found('lib/storage/a.ts', `import '../transport/transport';`), ['upward']);
  });

  it('sees re-exports and `import = require`', () => {
    assert.deepEqual(found('lib/store/a.ts', `export * from '../manager/events';`), ['upward']);
    assert.deepEqual(found('lib/store/a.ts', `export { x } from '../manager/events';`), ['upward']);
    assert.deepEqual(found('lib/store/a.ts', `import x = require('../manager/events');`), ['upward']);
  });

  it('lets the files beside index.ts import each other, but not the folders', () => {
    assert.deepEqual(found('lib/bytes.ts', `import './errors';`), []);
    assert.deepEqual(found('lib/bytes.ts', `import './platform/clock';`), ['upward']);
    assert.deepEqual(found('lib/client/a.ts', `import '../index';`), ['upward']);
  });

  it('lets index.ts import everything', () => {
    assert.deepEqual(found('lib/index.ts', `export * from './manager/events'; import './errors';`), []);
  });

  it('lets what runs in browsers import its own files, of the runtime one file of types, and migrations', () => {
    const own = `import { h } from './dom.js'; import type { View } from '../../sidebar/view.js';`;
    const inEditor = (code: string) => found('nodes/editor/sidebar/a.ts', code);
    assert.deepEqual(inEditor(own), []);
    assert.deepEqual(inEditor(`import { x } from '../../send-async/migrations.js';`), []);
    assert.deepEqual(inEditor(`import { x } from '../../runtime/failures/said.js';`), []);
    assert.deepEqual(inEditor(`import { x } from '../../runtime/failures/take-apart.js';`), ['editor']);
    assert.deepEqual(inEditor(`import { x } from '../../sidebar/view.js';`), ['editor']);
    assert.deepEqual(inEditor(`import type { X } from '../../session/session.js';`), ['editor']);
    assert.deepEqual(inEditor(`import type { X } from '../../../lib/index.js';`), ['editor']);
    assert.deepEqual(inEditor(`import 'jquery';`), ['editor']);
  });

  it('refuses a folder that has no level', () => {
    assert.deepEqual(found('lib/store/a.ts', `import '../helpers/x';`), ['unknown']);
    assert.deepEqual(found('lib/helpers/a.ts', `import '../errors';`), ['unknown']);
  });

  it('gives every folder and file of lib/ exactly one level', () => {
    const members = readdirSync(path.resolve(__dirname, '../../lib')).map((name) =>
      name.replace(/\.ts$/, ''),
    );
    for (const member of members) {
      assert.equal(LEVELS.filter((level) => level.includes(member)).length, 1, member);
    }
  });

  it('keeps the core free of everything outside lib/', () => {
    assert.deepEqual(found('lib/client/a.ts', `import '../../nodes/runtime/status';`), ['outside']);
    assert.deepEqual(found('lib/client/a.ts', `import '../../package.json';`), ['outside']);
  });

  it('lets the command use the core by its door, Node.js, and nothing else', () => {
    const fine = `import { Desk } from '../../lib/index'; import { EXIT } from '../exit-codes'; import 'node:fs';`;
    assert.deepEqual(found('bin/commands/a.ts', fine), []);
    assert.deepEqual(found('bin/commands/a.ts', `import '../../lib/control/desk';`), ['door']);
    assert.deepEqual(found('bin/commands/a.ts', `import '../../nodes/session/session';`), ['door']);
    assert.deepEqual(found('bin/commands/a.ts', `import 'yargs';`), ['binPackage']);
  });

  it('keeps the core free of Node-RED, even of its types', () => {
    assert.deepEqual(found('lib/client/a.ts', `import type { NodeAPI } from 'node-red';`), ['nodeRed']);
    assert.deepEqual(found('lib/client/a.ts', `import { log } from '@node-red/util';`), ['nodeRed']);
  });

  it('refuses a static import of a package that may be missing', () => {
    assert.deepEqual(found('lib/store/lmdb/lmdb-store.ts', `import { open } from 'lmdb';`), ['optional']);
    assert.deepEqual(found('lib/store/lmdb/lmdb-store.ts', `import type { Database } from 'lmdb';`), []);
    assert.deepEqual(found('lib/crypto/providers/portable.ts', `import nacl from 'tweetnacl';`), []);
    assert.deepEqual(
      found('lib/crypto/providers/portable.ts', `import nacl from 'tweetnacl/nacl-fast';`),
      [],
    );
  });
});

describe('Loading modules at run time', () => {
  const loads = [
    `const x = await import('lmdb');`,
    `const x = require('lmdb');`,
    `const x = require.resolve('lmdb');`,
    `const load = require;`,
    `import { createRequire as make } from 'node:module';`,
  ];

  for (const code of loads) {
    it(`is refused outside the loaders: ${code}`, () => {
      assert.ok(found('lib/store/lmdb/lmdb-store.ts', code).includes('runtimeLoad'));
    });

    it(`is allowed in the loaders: ${code}`, () => {
      for (const file of [
        'crypto/kem/noble-loader',
        'crypto/providers/sodium',
        'store/lmdb/lmdb-loader',
        'transport/toxcore/binding/library-loader',
      ]) {
        assert.deepEqual(found(`lib/${file}.ts`, code), [], file);
      }
    });
  }

  it('is refused in nodes/ too, and leaves names that merely look like it alone', () => {
    assert.deepEqual(found('nodes/send-async.ts', `require('lmdb');`), ['runtimeLoad']);
    assert.deepEqual(found('lib/client/a.ts', `const x = { require: 1 }; x.require;`), []);
  });

  it('follows the direction of imports in the loaders too', () => {
    assert.deepEqual(found('lib/crypto/providers/sodium.ts', `require('../../store/store');`), ['upward']);
  });
});

describe('The imports of the nodes', () => {
  it('reach the core through lib/index only', () => {
    assert.deepEqual(found('nodes/send-async.ts', `import '../lib/index'; import '../lib';`), []);
    assert.deepEqual(found('nodes/send-async/a.ts', `import '../../lib/index';`), []);
    assert.deepEqual(found('nodes/send-async/a.ts', `import '../../lib/errors';`), ['door']);
    assert.deepEqual(found('nodes/session/a.ts', `import '../../test/support';`), ['door']);
  });

  it("stay within a node's own folder, nodes/session and nodes/runtime", () => {
    assert.deepEqual(found('nodes/send-async.ts', `import './send-async/a'; import './session/b';`), []);
    assert.deepEqual(found('nodes/send-async/a.ts', `import './b'; import '../runtime/b';`), []);
    assert.deepEqual(found('nodes/send-async/a.ts', `import '../receive-async/b';`), ['otherNode']);
    assert.deepEqual(found('nodes/session/a.ts', `import '../runtime/b';`), []);
    assert.deepEqual(found('nodes/session/a.ts', `import '../send-async/b';`), ['otherNode']);
    assert.deepEqual(found('nodes/runtime/a.ts', `import '../session/b';`), ['otherNode']);
    assert.deepEqual(found('nodes/runtime/a/b.ts', `import x from '../../locales/en-US/x.json';`), []);
  });

  it('leave tests and scripts alone', () => {
    assert.deepEqual(found('test/lib/a.ts', `import '../../lib/store/table'; require('x');`), []);
  });
});
