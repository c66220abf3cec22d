import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST, ROOT, tool } from '../../scripts/support/project';
import { run } from '../../scripts/support/run';
import { installed, USER_DIR } from './support/package-under-test';

/** Runs a script with Node beside the installed package and returns what it prints. */
function node(...args: string[]): Promise<string> {
  return run(process.execPath, args, { cwd: USER_DIR, quiet: true, env: { NODE_OPTIONS: '' } });
}

/** A script in which the packages that not every machine has cannot be found. */
const WITHOUT_OPTIONAL = `
  const Module = require('node:module');
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (name, ...rest) {
    if (!/^(${Object.keys(MANIFEST.optionalDependencies).join('|')})$/.test(name)) return resolve.call(this, name, ...rest);
    throw Object.assign(new Error('Cannot find ' + name), { code: 'MODULE_NOT_FOUND' });
  };
`;

describe('The package installed from its tarball', function () {
  this.timeout(180_000);
  let folder: string;

  before(async () => {
    folder = await installed();
  });

  it('brings no development tool and no second runtime along', () => {
    const unwanted = ['node-red', '@node-red', 'typescript', 'mocha', 'tsx', 'eslint', 'prettier'];
    assert.deepEqual(
      unwanted.filter((name) => existsSync(path.join(USER_DIR, 'node_modules', name))),
      [],
    );
  });

  it('names no folder of the machine that built it', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    assert.deepEqual(
      files.filter((file) => readFileSync(file, 'utf8').includes(ROOT)),
      [],
    );
  });

  it('is a library for CommonJS', async () => {
    const script = `console.log(typeof require('${MANIFEST.name}').AsyncManager.create)`;
    assert.equal(await node('-e', script), 'function\n');
  });

  it('is a library for ES modules, with named imports', async () => {
    const script = `import { AsyncManager } from '${MANIFEST.name}'; console.log(typeof AsyncManager.create)`;
    assert.equal(await node('--input-type=module', '-e', script), 'function\n');
  });

  it('has one public door', async () => {
    await assert.rejects(
      node('-e', `require('${MANIFEST.name}/dist/lib/errors')`),
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    );
  });

  it('has types that a strict TypeScript program compiles against', async () => {
    const consumer = path.join(USER_DIR, 'consumer');
    await mkdir(consumer, { recursive: true });
    await writeFile(
      path.join(consumer, 'main.ts'),
      `import { AsyncManager, ToxAsyncError } from '${MANIFEST.name}';
       export const create = AsyncManager.create;
       export const isOurs: boolean = ToxAsyncError.is(new Error('x'), 'ErrClosed');`,
    );
    const types = path.join(ROOT, 'node_modules/@types');
    const flags = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
    const modules = [
      '--module',
      'node16',
      '--moduleResolution',
      'node16',
      '--types',
      'node',
      '--typeRoots',
      types,
    ];
    await run(tool('tsc'), [...flags, ...modules, 'main.ts'], { cwd: consumer, quiet: true });
  });

  it('loads, nodes and all, where the optional packages are missing', async () => {
    const nodes = Object.values(MANIFEST['node-red'].nodes).map((file) => path.join(folder, file));
    const load = [MANIFEST.name, ...nodes].map((name) => `require(${JSON.stringify(name)});`).join('\n');
    assert.equal(await node('-e', `${WITHOUT_OPTIONAL}${load}console.log('loaded')`), 'loaded\n');
  });
});
