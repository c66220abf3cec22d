import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../scripts/support/project';
import { startPort } from '../../scripts/support/start-port';

describe('The port of `npm start`', () => {
  it('is 1880, or what --port says', () => {
    assert.equal(startPort([]), 1880);
    assert.equal(startPort(['--port', '1990']), 1990);
    assert.equal(startPort(['--port=65535']), 65_535);
  });

  it('is refused when it is none, and so is another option', () => {
    for (const port of ['0', '65536', '1.5', 'editor', '']) {
      assert.throws(() => startPort([`--port=${port}`]), /^Error: --port must be a number from 1 to 65535/);
    }
    assert.throws(() => startPort(['--host', 'x']), TypeError);
    assert.throws(() => startPort(['1990']), TypeError);
  });

  it('is read from the command line, before anything is started', async function () {
    this.timeout(60_000);
    const script = path.join(ROOT, 'scripts/start.ts');
    const started = promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', script, '--port', 'x']);
    await assert.rejects(started, { code: 1, stderr: '--port must be a number from 1 to 65535, not "x".\n' });
  });
});
