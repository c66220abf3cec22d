import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemTimers } from '../../../../lib/platform/timers';
import { completeSettings } from '../../../../lib/transport/toxcore/settings';
import { ToxChild } from '../../../../lib/transport/toxcore/tox-child';
import { silentLogger } from '../../../../lib/types';

describe("libtoxcore's process, when it reports what makes no sense", function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tox-async-child-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A child that answers its first order with `report`, a JavaScript expression. */
  async function childThatSays(report: string): Promise<{ child: ToxChild; ended: Promise<string> }> {
    const file = path.join(folder, 'says.cjs');
    await writeFile(file, `process.once('message', () => process.send(${report}));\n`);
    const { length } = process.execArgv;
    // A loader in the command line comes along into the child.
    process.execArgv.push('--require', file);
    try {
      let end: (reason: string) => void = () => undefined;
      const ended = new Promise<string>((resolve) => (end = resolve));
      const child = new ToxChild({
        settings: completeSettings({ bootstrap: [] }),
        savedata: new Uint8Array(),
        timers: systemTimers,
        log: silentLogger,
        onEvents: (events) => {
          for (const event of events) assert.ok(event.what);
        },
        onEnd: end,
      });
      return { child, ended };
    } finally {
      process.execArgv.splice(length);
    }
  }

  for (const report of ['null', '{ kind: "happened", events: 7 }', '{ kind: "happened", events: [null] }']) {
    it(`is ended, and this process goes on: ${report}`, async () => {
      const { child, ended } = await childThatSays(report);
      await assert.rejects(child.open(), { code: 'ErrTransport', message: /makes no sense/ });
      assert.equal(await ended, 'it reported what makes no sense');
    });
  }
});
