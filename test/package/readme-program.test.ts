import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { run } from '../../scripts/support/run';
import { installed, USER_DIR } from './support/package-under-test';

/** A newcomer sees all of it on one screen. */
const MOST_LINES = 20;

describe("README's program", function () {
  this.timeout(180_000);

  it('sends and receives an offline message with the installed package', async () => {
    await installed();
    const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
    const program = /<!-- program -->\n+```js\n([\s\S]*?)```/.exec(readme)?.[1];
    assert.ok(program, 'README has the program');
    assert.ok(program.trimEnd().split('\n').length <= MOST_LINES, 'it is short enough to read at a glance');
    const file = path.join(USER_DIR, 'readme-program.mjs');
    const folder = await mkdtemp(path.join(tmpdir(), 'tox-async-readme-'));
    try {
      await writeFile(file, program);
      const output = await run(process.execPath, [file, folder], {
        cwd: USER_DIR,
        quiet: true,
        env: { NODE_OPTIONS: '' },
      });
      assert.deepEqual(output.trim().split('\n'), ['stored', 'Leak in the cellar', 'delivered']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
