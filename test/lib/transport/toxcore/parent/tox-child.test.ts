import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemTimers } from '../../../../../lib/platform/timers';
import { completeSettings } from '../../../../../lib/transport/toxcore/toxcore-settings';
import { ToxChild } from '../../../../../lib/transport/toxcore/parent/tox-child';
import { silentLogger } from '../../../../../lib/types';

describe("libtoxcore's process, when this one may open no more files", function () {
  this.timeout(60_000);

  it('does not start, and this process goes on', async function () {
    if (process.platform === 'win32') return;
    const program = path.join(__dirname, '../support/no-files-left.ts');
    const script = 'ulimit -n 200 && exec "$0" --require tsx/cjs "$1"';
    const { stdout } = await promisify(execFile)('sh', ['-c', script, process.execPath, program]);
    const [end, error, last] = stdout.trim().split('\n').sort();
    assert.match(`${end}`, /^end: .*EMFILE/);
    assert.match(`${error}`, /^error: .*EMFILE/);
    assert.equal(last, 'goes on');
  });
});

describe("libtoxcore's process, when it reports what makes no sense", function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tox-async-child-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A child that answers its first order with `answer`, a JavaScript expression for the bytes. */
  async function childThatWrites(answer: string): Promise<{ child: ToxChild; ended: Promise<string> }> {
    const file = path.join(folder, 'says.cjs');
    await writeFile(
      file,
      `const v8 = require('node:v8');
      const channel = new (require('node:net').Socket)({ fd: 3 });
      const frame = (body) => {
        const header = Buffer.alloc(4);
        header.writeUInt32BE(body.length);
        return Buffer.concat([header, body]);
      };
      const report = (value) => frame(v8.serialize(value));
      channel.once('data', () => channel.write(${answer}));`,
    );
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
      module: { file, execArgv: [] },
    });
    return { child, ended };
  }

  const nonsense = {
    'a report of nothing': 'report(null)',
    'events that are none': 'report({ kind: "happened", events: 7 })',
    'events of nothing': 'report({ kind: "happened", events: [null] })',
    'a text': '"free(): invalid pointer\\n"',
    'a frame of garbage': 'frame(Buffer.from([0xff, 0x0f, 0x7f, 1, 2, 3]))',
    'an empty frame': 'Buffer.alloc(64)',
    'what Node takes for its own': 'Buffer.from(`{"cmd":"NODE_HANDLE_ACK"}\\n`)',
    'random bytes': 'Buffer.from("d681be76f2253c2e4fdb8f75a7f0b3f3", "hex")',
  };
  for (const [what, answer] of Object.entries(nonsense)) {
    it(`is ended, and this process goes on: ${what}`, async () => {
      const { child, ended } = await childThatWrites(answer);
      await assert.rejects(child.open(), { code: 'ErrTransport', message: /sent an invalid report/ });
      assert.equal(await ended, 'it sent an invalid report');
    });
  }
});
