import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { run } from '../../scripts/support/run';
import { installed, USER_DIR } from './support/package-under-test';

const FOLDER = path.join(ROOT, 'examples/library');

/** What each program prints. */
const OUTPUT: Readonly<Record<string, readonly string[]>> = {
  'basic-use.mjs': [
    'Alice can seal 100 messages for Bob',
    'the message is queued',
    'the message is stored',
    'Alice can seal 99 messages for Bob',
    'Carol stores 1 message',
    'Bob received: Hello from the past!',
    'the message is delivered',
  ],
  'forward-secrecy.mjs': [
    'Bob issues 104 keys',
    "Alice's answer: added",
    'Alice can seal 100 messages',
    'Alice can seal 95 messages',
    'that is plenty',
    'Bob reads: Forward-secure message #1',
    'Bob reads: Forward-secure message #2',
    'Bob reads: Forward-secure message #3',
    'Bob reads: Forward-secure message #4',
    'Bob reads: Forward-secure message #5',
    'the same envelope again: ErrUnknownTag',
  ],
  'storage-node.mjs': [
    "the session's storage: 0 messages, 20 MB at most",
    'stored: ok, for 24 hours',
    'stored: ok, for 24 hours',
    'refused: ErrMalformed',
    '2 messages wait for Bob',
    'Bob reads: first',
    'cleaned up 1 expired message',
    "the node's storage: 0 messages",
  ],
  'tox-integration.mjs': [
    'Friend went offline',
    'stored; 99 more messages can be sealed',
    'the Pi stores 1 message',
    'stored: Leak in the cellar',
    'Friend came online',
    'tox: Are you there?',
  ],
};

describe('The programs in examples/library', function () {
  this.timeout(180_000);

  before(() => installed());

  it('are all run here', () => {
    const programs = readdirSync(FOLDER).filter((name) => name.endsWith('.mjs'));
    assert.deepEqual(programs.sort(), Object.keys(OUTPUT));
  });

  for (const [name, lines] of Object.entries(OUTPUT)) {
    it(`${name} runs with the installed package, prints what it should and ends by itself`, async () => {
      const file = path.join(USER_DIR, name);
      await copyFile(path.join(FOLDER, name), file);
      const env = { NODE_OPTIONS: '' };
      const output = await run(process.execPath, [file], {
        cwd: USER_DIR,
        quiet: true,
        env,
        limitMs: 60_000,
      });
      assert.deepEqual(output.trim().split('\n'), lines);
    });
  }
});
