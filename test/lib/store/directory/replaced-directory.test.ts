import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { sleep, systemTimers } from '../../../../lib/platform/timers';
import { type DataDirectory, openDataDirectory } from '../../../../lib/store/directory/data-directory';
import type { StoreEngine } from '../../../../lib/store/directory/manifest';
import { silentLogger } from '../../../../lib/types';
import { makeScratch } from '../support/scratch';

/** A minute's look at the disk comes after this, milliseconds. */
const LOOK = 60;
/** So long may a close take, milliseconds of the directory's timers, of which a minute is one look: 20 s. */
const CLOSE = (20_000 * 60_000) / LOOK;

for (const engine of ['lmdb', 'nedb'] as const satisfies readonly StoreEngine[]) {
  describe(`a data directory on ${engine} that somebody deletes or replaces while it is in use`, () => {
    let scratch: ReturnType<typeof makeScratch>;
    let folder: string;
    let aside: string;
    let directory: DataDirectory;
    let errors: string[];

    beforeEach(async () => {
      scratch = makeScratch();
      folder = path.join(scratch.path, 'data');
      aside = path.join(scratch.path, 'aside');
      errors = [];
      directory = await openDataDirectory({
        platform: {
          ...systemPlatform,
          timers: { after: (ms, run) => systemTimers.after((ms * LOOK) / 60_000, run) },
        },
        crypto: createPortableProvider(),
        path: folder,
        engine,
        space: { limitBytes: 1000, reserveBytes: 4096 },
        log: { ...silentLogger, error: (text) => errors.push(text) },
      });
      directory.space.assertRoom();
    });

    afterEach(async () => {
      await directory.close(CLOSE).catch(() => undefined);
      scratch.remove();
    });

    const commit = () => directory.store.batch().put(utf8('key'), utf8('value')).commit();
    const until = async (hasRoom: boolean) => {
      // However busy the machine is: the test's own limit ends this.
      while (directory.space.hasRoom() !== hasRoom) await sleep(systemTimers, LOOK / 4);
    };
    const assertRefuses = async () => {
      let changes = 0;
      directory.space.onChange(() => (changes += 1));
      await until(false);
      assert.equal(changes, 1);
      assert.throws(
        () => directory.space.assertRoom(),
        (error) => ToxAsyncError.is(error, 'ErrDirectoryReplaced') && error.message.includes(folder),
      );
      await sleep(systemTimers, LOOK * 3);
      assert.equal(errors.length, 1, 'it is logged once');
      assert.match(errors[0] ?? '', /restart Node-RED/);
    };

    it('takes nothing new once it is gone, and goes on when it is put back', async () => {
      fs.renameSync(folder, aside);
      await assertRefuses();
      assert.ok(!fs.existsSync(folder), 'nothing is made in its place');
      fs.renameSync(aside, folder);
      await until(true);
      await commit();
    });

    it('takes nothing new once a copy is in its place, and writes nothing into that', async () => {
      fs.renameSync(folder, aside);
      fs.mkdirSync(folder);
      for (const name of fs.readdirSync(aside)) {
        if (name !== 'lock' && name !== 'reserve')
          fs.copyFileSync(path.join(aside, name), path.join(folder, name));
      }
      fs.mkdirSync(path.join(folder, 'lock'));
      await assertRefuses();
      assert.ok(!fs.existsSync(path.join(folder, 'reserve')));
    });

    it('takes nothing new once its folder alone is deleted and made again', async () => {
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      await assertRefuses();
    });

    it('takes nothing new into a vault that is not its own', async () => {
      const vault = path.join(folder, 'vault');
      fs.copyFileSync(vault, aside);
      fs.renameSync(aside, vault);
      await assertRefuses();
    });

    it('promises nothing that goes to a store that is not its own', async () => {
      const file = path.join(folder, `store.${engine}`);
      fs.copyFileSync(file, aside);
      fs.renameSync(aside, file);
      // nedb writes to whatever has the name, and sees at once that it is another file.
      if (engine === 'nedb') {
        await assert.rejects(commit(), (error) => ToxAsyncError.is(error, 'ErrDirectoryReplaced'));
      } else await assertRefuses();
    });

    it('is left alone by looks at one that is in its place', async () => {
      for (let i = 0; i < 5; i += 1) {
        await commit();
        await sleep(systemTimers, LOOK);
      }
      assert.ok(directory.space.hasRoom());
      assert.deepEqual(errors, []);
    });
  });
}
