import assert from 'node:assert/strict';
import path from 'node:path';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { AsyncManager } from '../../lib/manager/async-manager';
import type { Platform } from '../../lib/platform/platform';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { makeScratch } from '../lib/store/support/scratch';
import { CrashImages } from './support/crash-images';

const friend = createPortableProvider().keyPairFromSecret(new Uint8Array(32).fill(7)).publicKey;

describe('a data directory whose process is killed while it opens or closes', function () {
  this.timeout(300_000);

  for (const [engine, passphrase] of [
    ['lmdb', undefined],
    ['nedb', undefined],
    ['nedb', 'correct horse'],
  ] as const) {
    const sealed = passphrase === undefined ? {} : { passphrase };
    it(`opens by itself with all it accepted, on ${engine}${passphrase === undefined ? '' : ', sealed'}`, async () => {
      const scratch = makeScratch();
      try {
        const folder = path.join(scratch.path, 'data');
        const images = new CrashImages(folder, path.join(scratch.path, 'images'));
        const platform: Platform = { ...systemPlatform, disk: images.watch(systemPlatform.disk) };
        /** From which image on these are to be there. */
        const since = { identity: Infinity, message: Infinity };
        let toxId = '';
        for (let life = 0; life < 2; life += 1) {
          const manager = await AsyncManager.create({ dataDir: folder, engine, platform, ...sealed });
          images.take('opened');
          if (life === 0) {
            toxId = manager.toxId;
            since.identity = images.images.length - 1;
            await manager.addFriend(friend, 'Bob');
            await manager.sendAsyncMessage(friend, 'kept');
            images.take('accepted');
            since.message = images.images.length - 1;
          }
          await manager.stop();
          images.take('closed');
        }
        const wrong: string[] = [];
        for (const [n, image] of images.images.entries()) {
          // Again: what the start after a first one cut short repairs must not stop the next.
          for (let start = 0; start < (n < since.message ? 2 : 1); start += 1) {
            try {
              const manager = await AsyncManager.create({ dataDir: image.folder, engine, ...sealed });
              if (n >= since.identity) assert.equal(manager.toxId, toxId);
              if (n >= since.message) assert.equal(manager.counts().unfinished, 1);
              await manager.stop();
            } catch (error) {
              wrong.push(`${n} ${image.at}, start ${start}: ${String(error)}`);
            }
          }
        }
        assert.deepEqual(wrong, []);
        assert.ok(since.message < images.images.length && images.images.length > 12);
      } finally {
        scratch.remove();
      }
    });
  }
});
