import { describeOnVolumes } from './support/mount-namespace';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { toHex } from '../../lib/bytes';
import { ToxAsyncError } from '../../lib/errors';
import { AsyncManager } from '../../lib/manager/async-manager';
import { makeScratch, mountSmallVolume } from '../lib/store/support/scratch';
import { ENGINES, FaultNode, numbered } from './support/fault-node';

describeOnVolumes('a storage node whose disk is read-only', function () {
  this.timeout(60_000);
  let scratch: ReturnType<typeof makeScratch>;
  let unmount: () => void;
  let volume: string;
  const setWritable = (writable: boolean) =>
    execFileSync('mount', ['-o', `remount,${writable ? 'rw' : 'ro'}`, volume]);

  beforeEach(() => {
    scratch = makeScratch();
    volume = path.join(scratch.path, 'volume');
    mkdirSync(volume);
    unmount = mountSmallVolume(volume, 16);
  });

  afterEach(() => {
    unmount();
    scratch.remove();
  });

  for (const engine of ENGINES) {
    it(`is refused with a typed error, and works again when it is writable, on ${engine}`, async () => {
      const folder = path.join(volume, 'data');
      const first = await FaultNode.open(folder, engine);
      const { recipient, envelope } = numbered('m', 1);
      assert.equal(await first.store(envelope), 'ok');
      await first.stop();
      const before = contents(folder);
      setWritable(false);
      await assert.rejects(FaultNode.open(folder, engine), saying(/read-only|EROFS/i));
      assert.deepEqual(contents(folder), before);
      setWritable(true);
      const node = await FaultNode.open(folder, engine);
      assert.deepEqual(await node.drain(recipient), [toHex(envelope)]);
      assert.equal(await node.store(numbered('m', 2).envelope), 'ok');
      await node.stop();
    });
  }

  for (const engine of ENGINES) {
    it(`stops, lets go of its lock and loses nothing when its disk goes, on ${engine}`, async () => {
      const dataDir = path.join(volume, 'data');
      const manager = await AsyncManager.create({ dataDir, engine });
      const { toxId } = manager;
      await manager.savePreference('kept', true);
      // A volume with files open for writing cannot become read-only: a read-only one on top takes its names away.
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', volume]);
      await manager.stop();
      execFileSync('umount', [volume]);
      const again = await AsyncManager.create({ dataDir });
      assert.deepEqual([again.toxId, again.preference('kept')], [toxId, true]);
      await again.stop();
    });
  }

  it('cannot be created there, which the error says', async () => {
    setWritable(false);
    await assert.rejects(FaultNode.open(path.join(volume, 'new'), 'nedb'), saying(/cannot be created/));
    assert.deepEqual(readdirSync(volume), []);
  });
});

function saying(text: RegExp): (error: unknown) => boolean {
  return (error) => ToxAsyncError.is(error, 'ErrStore') && text.test(error.message);
}

/** Every file with its bytes. */
function contents(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const file = path.join(entry.parentPath, entry.name);
      return [file, readFileSync(file, 'hex')];
    })
    .sort();
}
