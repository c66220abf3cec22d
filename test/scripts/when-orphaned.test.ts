import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { whenOrphaned } from '../../scripts/support/when-orphaned';

describe('A process that npm started through a shell', () => {
  it('hears once that the shell has ended, and nothing before', async () => {
    let parent = 7;
    let asked = 0;
    let calls = 0;
    const heard = new Promise<void>((resolve) => {
      const run = () => {
        calls += 1;
        resolve();
      };
      const ask = () => {
        asked += 1;
        return parent;
      };
      whenOrphaned(run, ask, 1);
    });
    while (asked < 3) await delay(1);
    assert.equal(calls, 0);
    parent = 1;
    await heard;
    const before = asked;
    await delay(10);
    assert.deepEqual([calls, asked], [1, before]);
  });
});
