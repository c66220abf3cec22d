import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../scripts/support/bundle';

/** Compiled modules, as the build hands them over. */
const MODULES = {
  'lib/count.js': 'exports.count = 0; exports.next = () => (exports.count += 1);',
  'lib/index.js':
    'Object.defineProperty(exports, "__esModule", { value: true }); exports.next = require("./count").next;',
  'lib/testing/index.js':
    'exports.nextInTest = require("../count").next; exports.helper = () => require.resolve("../deep/helper");',
  'lib/deep/helper.js':
    'exports.list = () => require.resolve("./list.json"); exports.base = require("./base").base;',
  'lib/deep/base.js': 'exports.base = 7;',
  'lib/deep/list.json': '[1]',
  'lib/index.d.ts': 'export declare const next: () => number;',
  'bin/start.js': '#!/usr/bin/env node\nexports.run = require("./parts/run").run;',
  'bin/parts/run.js': 'exports.run = require("../../lib/index").next;',
};

describe('bundle', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bundle-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function bundled(modules: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(modules)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    await bundle([
      { folder: path.join(folder, 'lib'), doors: ['index.js', 'testing/index.js'] },
      { folder: path.join(folder, 'bin'), doors: ['start.js'] },
    ]);
  }

  const load = (name: string) =>
    createRequire(path.join(folder, 'user.js'))(`./${name}`) as Record<string, () => string | number>;

  it('leaves doors, their code, what is named by require.resolve, and what is no JavaScript', async () => {
    await bundled(MODULES);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      files
        .filter((file) => file.isFile())
        .map(({ parentPath, name }) =>
          path.relative(folder, path.join(parentPath, name)).replaceAll('\\', '/'),
        )
        .sort(),
      [
        'bin/start.js',
        'lib/code.js',
        'lib/deep/helper.js',
        'lib/deep/list.json',
        'lib/index.d.ts',
        'lib/index.js',
        'lib/testing/index.js',
      ],
    );
  });

  it('shares state between the doors of a folder, and with other folders', async () => {
    await bundled(MODULES);
    const counts = [
      load('lib/index.js').next?.(),
      load('lib/testing/index.js').nextInTest?.(),
      load('bin/start.js').run?.(),
    ];
    assert.deepEqual(counts, [1, 2, 3]);
  });

  it('finds named files where they are, from where the code now lies', async () => {
    await bundled(MODULES);
    const helper = load('lib/testing/index.js').helper?.();
    assert.equal(helper, path.join(folder, 'lib/deep/helper.js'));
    const loaded = load('lib/deep/helper.js');
    assert.equal(loaded.list?.(), path.join(folder, 'lib/deep/list.json'));
    assert.equal(loaded.base, 7);
  });

  it('lets an ES module import by name, and leaves a program executable', async () => {
    await bundled(MODULES);
    await writeFile(path.join(folder, 'user.mjs'), "export { next } from './lib/index.js';");
    const user = (await import(path.join(folder, 'user.mjs'))) as { next: () => number };
    assert.equal(user.next(), 1);
    assert.match(await readFile(path.join(folder, 'bin/start.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });

  it('keeps the names of classes that name themselves', async () => {
    const named =
      'class Count { static one = new Count(); } exports.next = () => Count.one.constructor.name;';
    await bundled({ ...MODULES, 'lib/count.js': named });
    assert.equal(load('lib/index.js').next?.(), 'Count');
  });

  it('gives the same bytes twice', async () => {
    const read = () =>
      Promise.all(['lib/code.js', 'bin/start.js'].map((name) => readFile(path.join(folder, name), 'utf8')));
    await bundled(MODULES);
    const first = await read();
    await bundled(MODULES);
    assert.deepEqual(await read(), first);
  });

  it('refuses a module that loads the inside of another folder', async () => {
    const peeking = { ...MODULES, 'bin/parts/run.js': 'exports.run = require("../../lib/count").next;' };
    await assert.rejects(bundled(peeking), /lib.count\.js is no door/);
  });
});
