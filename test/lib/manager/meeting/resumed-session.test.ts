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
      const first = await toxIdAt('first', 5000);
      assert.equal(await toxIdAt('same', 5000), first);
      assert.notEqual(await toxIdAt('later', 5001), first);
    } finally {
      scratch.remove();
    }
  });
});
