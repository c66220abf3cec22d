import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { MemoryDisk } from '../../../../lib/testing/memory-disk';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { HeldFiles } from '../../../../lib/store/directory/held-files';
import { SpaceGuard, type SpaceGuardOptions } from '../../../../lib/store/directory/space-guard';
import { silentLogger } from '../../../../lib/types';
import { CountingDisk } from '../support/counting-disk';

const MIB = 1024 * 1024;
const FILE = '/data/reserve';

describe('the space guard', () => {
  let memory: MemoryDisk;
  let disk: CountingDisk;
  let time: SimulatedTime;
  let logged: string[];

  const make = (options: Partial<SpaceGuardOptions> = {}) =>
    new SpaceGuard({
      disk,
      folder: '/data',
      random: new SeededRandom(1),
      timers: time.timers,
      log: {
        ...silentLogger,
        info: (text) => logged.push(`info ${text}`),
        warn: (text) => logged.push(`warn ${text}`),
      },
      limitBytes: 100_000,
      reserveBytes: 200_000,
      ...options,
    });
  const started = async (options: Partial<SpaceGuardOptions> = {}) => {
    const guard = make(options);
    await guard.start();
    return guard;
  };
  const reserve = async () => (await memory.readFile(FILE))?.length ?? 0;

  beforeEach(async () => {
    memory = new MemoryDisk();
    disk = new CountingDisk(memory);
    time = new SimulatedTime();
    logged = [];
    await memory.makeFolder('/data');
  });

  it('writes a reserve of bytes that do not compress, synced, and then has room', async () => {
    const guard = make();
    assert.ok(!guard.hasRoom());
    await guard.start();
    assert.ok(guard.hasRoom());
    guard.assertRoom();
    const syncs = disk.syncs;
    assert.equal(syncs, 1);
    const bytes = (await memory.readFile(FILE)) ?? new Uint8Array();
    assert.equal(bytes.length, 200_000);
    assert.ok(bytes.filter((byte) => byte === 0).length < 2000);
    assert.deepEqual(logged, []);
  });

  it('keeps 16 MiB back, or 1 MiB on a volume under 512 MiB', async () => {
    const standard = async (volume: number) => {
      let written = 0;
      disk.volumeBytes = () => Promise.resolve(volume);
      disk.open = async (path) => {
        const file = await memory.open(path);
        return {
          ...file,
          write: async (offset, data) => {
            assert.equal(offset, written);
            written += data.length;
          },
        };
      };
      const random = { bytes: (n: number) => new Uint8Array(n) };
      await new SpaceGuard({ disk, folder: '/data', random, timers: time.timers }).start();
      return written;
    };
    assert.equal(await standard(512 * MIB - 1), MIB);
    assert.equal(await standard(512 * MIB), 16 * MIB);
  });

  it('adopts the last run’s reserve, and removes a part of one', async () => {
    await (await started()).close();
    const before = disk.syncs;
    await (await started()).close();
    assert.equal(disk.syncs, before);
    const file = await memory.open(FILE);
    await file.truncate(1000);
    memory.limitFree(150_000);
    const guard = await started();
    assert.ok(!guard.hasRoom());
    assert.equal(await reserve(), 0);
  });

  it('takes no new work below the limit, but keeps the reserve', async () => {
    const guard = await started();
    memory.limitFree(99_999);
    guard.noteWrite();
    await time.advance(60_000);
    assert.ok(!guard.hasRoom());
    assert.throws(
      () => guard.assertRoom(),
      (error) => ToxAsyncError.is(error, 'ErrLocalStorageFull'),
    );
    assert.equal(await reserve(), 200_000);
    assert.match(logged.join(), /^warn .*nearly full/);
  });

  it('has room again soon after space is back', async () => {
    const guard = await started();
    memory.limitFree(99_999);
    guard.noteWrite();
    await time.advance(60_000);
    memory.limitFree(100_000);
    await time.advance(10_000);
    assert.ok(guard.hasRoom());
    assert.match(logged.join(), /info The disk that holds \/data has room again/);
  });

  it('gives the reserve up when space ends', async () => {
    const guard = await started();
    memory.limitFree(1000);
    guard.noteWrite();
    await time.advance(60_000);
    assert.equal(await reserve(), 0);
    assert.equal(await memory.freeBytes(), 201_000);
    assert.ok(!guard.hasRoom());
  });

  it('gives the reserve up at once when someone met a full disk', async () => {
    const guard = await started();
    memory.limitFree(0);
    guard.hint();
    assert.ok(!guard.hasRoom());
    await time.advance(0);
    assert.equal(await reserve(), 0);
  });

  it('gives it up at a start on a full disk', async () => {
    await (await started()).close();
    memory.limitFree(0);
    const guard = await started();
    assert.ok(!guard.hasRoom());
    assert.equal(await reserve(), 0);
    assert.equal(logged.length, 1);
  });

  it('has no room until the reserve is written again', async () => {
    const guard = await started();
    memory.limitFree(0);
    guard.hint();
    await time.advance(0);
    memory.limitFree(299_999);
    await time.advance(60_000);
    assert.ok(!guard.hasRoom());
    memory.limitFree(300_000);
    await time.advance(60_000);
    assert.equal(await reserve(), 200_000);
    assert.ok(guard.hasRoom());
  });

  it('tries more and more seldom to write a reserve that a quota refuses, and leaves no part of it', async () => {
    disk.failing = 'ENOSPC';
    const guard = await started();
    assert.ok(!guard.hasRoom());
    let looks = 0;
    disk.freeBytes = () => {
      looks += 1;
      return Promise.resolve(1_000_000);
    };
    await time.advance(60 * 60_000);
    assert.ok(looks >= 6 && looks <= 14, `${looks} looks in an hour`);
    assert.equal(await memory.readFile(FILE), undefined);
    disk.failing = undefined;
    await time.advance(10 * 60_000);
    assert.ok(guard.hasRoom());
  });

  it('tries again to delete the reserve when that fails', async () => {
    const guard = await started();
    disk.failing = 'EIO';
    guard.hint();
    await time.advance(0);
    assert.equal(await reserve(), 200_000);
    assert.ok(!guard.hasRoom());
    disk.failing = undefined;
    memory.limitFree(0);
    await time.advance(30_000);
    assert.equal(await reserve(), 0);
  });

  it('leaves the reserve alone while the directory is not the one it opened', async () => {
    await memory.writeFile('/data/vault', new Uint8Array(64));
    const guard = await started();
    guard.watch(await HeldFiles.of(disk, ['/data/vault', '/data/not-there']));
    await time.advance(60_000);
    guard.assertRoom();
    await memory.writeFile('/data/vault', new Uint8Array(64));
    memory.limitFree(0);
    guard.noteWrite();
    await time.advance(60_000);
    assert.equal(guard.problem()?.code, 'ErrDirectoryReplaced');
    assert.equal(await reserve(), 200_000);
  });

  describe('while there is room looks at the disk', () => {
    let guard: SpaceGuard;
    let looks: number;

    beforeEach(async () => {
      guard = await started();
      looks = 0;
      disk.freeBytes = () => {
        looks += 1;
        return Promise.resolve(1_000_000);
      };
    });

    const uses = [
      ['something is written', () => guard.noteWrite()],
      ['somebody asks whether there is', () => guard.hasRoom()],
      ['somebody asks what the problem is', () => guard.problem()],
    ] as const;

    for (const [when, use] of uses) {
      it(`when ${when}: at once after a rest, and then once a minute`, async () => {
        await time.advance(120_000);
        assert.deepEqual([looks, time.pendingTimers], [0, 0]);
        use();
        await time.advance(0);
        const once = looks;
        assert.ok(once > 0);
        for (let second = 1; second < 180; second += 1) {
          use();
          await time.advance(1_000);
        }
        assert.equal(looks, 3 * once);
      });
    }

    it('before what is written after a rest, in the order of the writes', async () => {
      await time.advance(120_000);
      guard.hasRoom();
      const written: string[] = [];
      for (const name of ['first', 'second']) {
        assert.equal(guard.isOpen, false);
        guard.whenOpen((problem) => written.push(`${name} ${looks} ${problem?.code}`));
      }
      assert.deepEqual(written, []);
      await time.advance(0);
      assert.deepEqual(written, [`first ${looks} undefined`, `second ${looks} undefined`]);
      assert.ok(looks > 0 && guard.isOpen);
    });

    it('and has nothing written after a rest into a directory that is not the one it opened', async () => {
      await memory.writeFile('/data/vault', new Uint8Array(64));
      guard.watch(await HeldFiles.of(disk, ['/data/vault']));
      await memory.writeFile('/data/vault', new Uint8Array(64));
      await time.advance(120_000);
      const problems: unknown[] = [];
      guard.whenOpen((problem) => problems.push(problem?.code));
      await time.advance(0);
      assert.deepEqual(problems, ['ErrDirectoryReplaced']);
    });

    it('not at all while neither happens', async () => {
      guard.noteWrite();
      await time.advance(60_000);
      looks = 0;
      await time.advance(3_600_000);
      assert.deepEqual([looks, time.pendingTimers], [0, 0]);
    });
  });

  it('leaves the reserve in place when closed, and looks no more', async () => {
    const guard = await started();
    await guard.close();
    assert.equal(await reserve(), 200_000);
    assert.equal(time.pendingTimers, 0);
    guard.hint();
    await time.advance(0);
    assert.equal(await reserve(), 200_000);
  });
});
