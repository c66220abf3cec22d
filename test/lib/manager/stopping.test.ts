import assert from 'node:assert/strict';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { AsyncManager } from '../../../lib/manager/async-manager';
import type { DiskFile } from '../../../lib/platform/disk';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../lib/types';
import { MemoryDirectory } from '../../support/memory-directory';
import { waitFor } from '../../support/world';

const crypto = createPortableProvider();
const friend = crypto.keyPairFromSecret(new Uint8Array(32).fill(1)).publicKey;

type Fault = 'none' | 'read-only' | 'hangs';

/** What becomes of a write into an open file. */
const faults: Record<Fault, () => Promise<void> | undefined> = {
  none: () => undefined,
  'read-only': () => Promise.reject(Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' })),
  hangs: () => new Promise(() => undefined),
};

describe('stopping a session', () => {
  const stop = async (fault: Fault) => {
    const memory = new MemoryDirectory();
    const time = new SimulatedTime();
    const warnings: string[] = [];
    const { disk } = memory;
    let now: Fault = 'none';
    const open = disk.open.bind(disk);
    disk.open = async (path) => {
      const file: DiskFile = await open(path);
      return {
        ...file,
        write: (offset, data) => faults[now]() ?? file.write(offset, data),
        sync: () => faults[now]() ?? file.sync(),
      };
    };
    const platform = { clock: time.clock, timers: time.timers, random: new SeededRandom('stopping'), disk };
    const directory = await memory.open(platform, crypto);
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    const create = AsyncManager.create({ dataDir: '/data', directory, platform, crypto, log });
    const manager = await waitFor(time, create);
    await waitFor(time, manager.addFriend(friend, 'Bob'));
    // Removing a friend with a message erases the key of its text.
    await waitFor(time, manager.sendAsyncMessage(friend, 'to be erased'));
    now = fault;
    const removed = manager.removeFriend(friend).catch(() => undefined);
    await time.advance(0);
    const from = time.clock.monotonic();
    let seconds: number | undefined;
    const stopped = manager.stop().then(() => (seconds = (time.clock.monotonic() - from) / 1000));
    for (let n = 0; n < 200 && seconds === undefined; n += 1) await time.advance(100);
    await Promise.race([stopped, removed]);
    now = 'none';
    return { seconds, warnings, memory, platform, time };
  };

  it('ends at once while the disk works, without a word', async () => {
    const { seconds, warnings } = await stop('none');
    assert.ok(seconds !== undefined && seconds < 1);
    assert.deepEqual(warnings, []);
  });

  for (const fault of ['read-only', 'hangs'] as const) {
    it(`ends within seconds when the vault cannot be written (${fault}), says so, and lets go of the directory`, async () => {
      const { seconds, warnings, memory, platform, time } = await stop(fault);
      assert.ok(seconds !== undefined && seconds <= 6, `it took ${seconds} s`);
      assert.match(warnings.join(), /next start/);
      // The volume belongs to one at a time: it is free again.
      const again = await memory.open(platform, crypto);
      await waitFor(time, again.close());
    });
  }
});
