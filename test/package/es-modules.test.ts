import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST } from '../../scripts/support/project';
import { run } from '../../scripts/support/run';
import { installed, USER_DIR } from './support/package-under-test';

/** Names that Node and the compiler add to a CommonJS module which is imported. */
const ADDED = new Set(['default', 'module.exports', '__esModule']);

describe('An ES module', function () {
  this.timeout(180_000);

  before(() => installed());

  /** What a program prints that lies in the folder where the package is installed. */
  async function output(name: string, program: string): Promise<string> {
    const file = path.join(USER_DIR, name);
    await writeFile(file, program);
    const env = { NODE_OPTIONS: '' };
    return run(process.execPath, [file], { cwd: USER_DIR, quiet: true, env });
  }

  for (const door of [MANIFEST.name, `${MANIFEST.name}/testing`]) {
    it(`imports everything in ${door} by name`, async () => {
      const program = `import * as door from '${door}';\nconsole.log(JSON.stringify(Object.keys(door)));\n`;
      const names = JSON.parse(await output('import-all.mjs', program)) as string[];
      const required = createRequire(path.join(USER_DIR, 'program.cjs'))(door) as object;
      assert.ok(names.length > 5);
      assert.deepEqual(names.filter((name) => !ADDED.has(name)).sort(), Object.keys(required).sort());
    });
  }

  it('imports what other files of the library hold, a class and a constant', async () => {
    const program = [
      `import { AsyncManager, MAX_MESSAGE_SIZE, ToxAsyncError } from '${MANIFEST.name}';`,
      `import { SimulatedTime, storeSuite } from '${MANIFEST.name}/testing';`,
      'const names = [AsyncManager, ToxAsyncError, SimulatedTime, storeSuite].map(({ name }) => name);',
      'console.log([...names, MAX_MESSAGE_SIZE].join());',
    ].join('\n');
    const words = (await output('import-some.mjs', program)).trim();
    assert.equal(words, 'AsyncManager,ToxAsyncError,SimulatedTime,storeSuite,1372');
  });
});
