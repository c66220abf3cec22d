import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../scripts/support/project';
import { PAGES } from '../docs/support/pages';
import { shellLines } from '../docs/support/shell-lines';

/** Lines that are not run here, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^sudo /, 'changes the machine'],
  [/^docker /, 'needs a Docker daemon'],
  [/^(cd ~\/\.node-red && )?npm install /, 'test/package/install.test.ts installs the tarball in its place'],
  [/^tox-async serve$/, 'goes on the network: test/network/command.test.ts'],
  [
    /^tox-async (friends add|serve &|send) ?/,
    'goes on the network: test/network/command-page.test.ts runs it',
  ],
  [/^tox-async doctor$/, 'goes on the network: test/bin and test/network/command.test.ts'],
];

const reasonFor = (line: string) => NOT_RUN.find(([form]) => form.test(line));
const RUN_PAGES = PAGES.filter(
  ({ path: file }) => file.startsWith('docs/guides/') || file === 'docs/COMMAND.md',
).map(({ path: file, text }) => ({ file, lines: shellLines(text) }));

describe('The shell lines of the guides and of the page of the command', function () {
  this.timeout(60_000);
  let folder: string;
  let toxId: string;

  const shell = async (script: string): Promise<string[]> => {
    const env = {
      PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: folder,
      TOX_ASYNC_DATA: path.join(folder, 'data'),
    };
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: folder, env });
    return stdout.split('\n').filter((line) => line !== '');
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tox-guides-'));
    await mkdir(path.join(folder, 'bin'));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/dist/bin/tox-async.js" "$@"\n`;
    await writeFile(path.join(folder, 'bin/tox-async'), program, { mode: 0o755 });
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const { file, lines } of RUN_PAGES) {
    const run = lines.filter((line) => reasonFor(line) === undefined);
    if (run.length === 0) continue;
    it(`of ${file} do what they say`, async () => {
      // The session that a guide takes for granted.
      [toxId = ''] = run.includes('tox-async init') ? [''] : await shell('tox-async init');
      const said = await shell(run.join('\n'));
      const ids = said.filter((line) => /^[0-9A-F]{76}$/.test(line));
      const isSealed = run.some((line) => line.includes('--data sealed'));
      if (isSealed) assert.ok(ids.length === 2 && ids[0] === ids[1] && ids[0] !== toxId);
      else if (toxId !== '')
        assert.ok(
          ids.every((id) => id === toxId),
          said.join('\n'),
        );
      assert.ok(said.length > 0);
    });
  }

  it('are run unless there is a reason, and each reason is used', () => {
    const left = RUN_PAGES.flatMap(({ lines }) => lines).flatMap((line) => reasonFor(line) ?? []);
    assert.deepEqual(
      new Set(left.filter((each) => typeof each !== 'string')),
      new Set(NOT_RUN.flat().filter((each) => typeof each !== 'string')),
    );
  });
});
