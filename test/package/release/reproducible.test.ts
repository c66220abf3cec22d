import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { compile } from '../../../scripts/support/compile';
import { packPackage } from '../../../scripts/support/packed-package';
import { CACHE, ROOT } from '../../../scripts/support/project';
import { packed } from '../support/package-under-test';

const AGAIN = path.join(CACHE, 'package-again');
/** The build puts its date in. */
const DATED = 'dist/nodes/code.js';
const DATE = /BUILD_DATE = Date\.parse\(["'](.+?)["']\)/;

const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('A package that is made twice', function () {
  this.timeout(300_000);

  beforeEach(() => rm(AGAIN, { recursive: true, force: true }));
  after(() => rm(AGAIN, { recursive: true, force: true }));

  it('has the same bytes', async () => {
    const { tarball } = await packPackage(AGAIN);
    assert.equal(await hashOf(tarball), await hashOf((await packed()).tarball));
  });

  it('is compiled to the same bytes', async () => {
    const [, date = ''] = DATE.exec(await readFile(path.join(ROOT, DATED), 'utf8')) ?? [];
    await compile(AGAIN, Date.parse(date));
    const entries = await readdir(AGAIN, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    assert.ok(files.length > 100);
    for (const { parentPath, name } of files) {
      const file = path.relative(AGAIN, path.join(parentPath, name));
      // The compiler writes the catalogs that code reads, and the build puts the originals in their place.
      if (file.startsWith('nodes/locales/')) continue;
      const first = await hashOf(path.join(ROOT, 'dist', file));
      assert.equal(await hashOf(path.join(AGAIN, file)), first, file);
    }
  });
});
