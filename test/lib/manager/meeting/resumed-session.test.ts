import assert from 'node:assert/strict';
import path from 'node:path';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { makeScratch } from '../../store/support/scratch';

describe('a session whose generator repeats itself', () => {
  it('draws other secrets at another moment', async () => {
    const scratch = makeScratch();
    const toxIdAt = async (name: string, monotonic: number) => {
      const clock = { wall: () => 1_764_000_000_000, monotonic: () => monotonic, elapsed: () => undefined };
      // With a full disk no reserve is written, whose random bytes are drawn beside those of the identity.
      const disk = { ...systemPlatform.disk, freeBytes: () => Promise.resolve(0) };
      const platform = { ...systemPlatform, random: new SeededRandom('one state'), clock, disk };
      const dataDir = path.join(scratch.path, name);
      const manager = await AsyncManager.create({ dataDir, engine: 'nedb', platform });
      await manager.stop();
      return manager.toxId;
    };
    try {
      // Parts of a start run beside each other: now and then their draws come in another order.
      const atOnce = new Set<string>();
      let starts = 0;
      while (atOnce.size === starts && starts < 10) atOnce.add(await toxIdAt(`same ${starts++}`, 5000));
      assert.ok(atOnce.size < starts, 'no two at one moment are alike');
      assert.ok(!atOnce.has(await toxIdAt('later', 5001)));
    } finally {
      scratch.remove();
    }
  });
});
