import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { type ErrorCode, ToxAsyncError } from '../../../../lib/errors';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { systemTimers } from '../../../../lib/platform/timers';
import {
  type DataDirectory,
  type DataDirectoryOptions,
  openDataDirectory,
} from '../../../../lib/store/directory/data-directory';
import type { Manifest } from '../../../../lib/store/directory/manifest';
import type { Migration } from '../../../../lib/store/directory/migrations';
import { silentLogger } from '../../../../lib/types';
import { isCode } from '../../../support/is-code';

describe('a data directory', () => {
  let parent: string;
  let folder: string;
  let warnings: string[];
  const open: DataDirectory[] = [];

  const make = async (options: Partial<DataDirectoryOptions> = {}) => {
    const directory = await openDataDirectory({
      platform: {
        ...systemPlatform,
        timers: { after: (ms, run) => systemTimers.after(ms / 10, run) },
      },
      crypto: createPortableProvider(),
      path: folder,
      space: { limitBytes: 1000, reserveBytes: 4096 },
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
      ...options,
    });
    open.push(directory);
    return directory;
  };
  /** Every file below the folder, with its content, to show that nothing was touched. */
  const snapshot = () =>
    fs
      .readdirSync(parent, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [file, entry.isFile() ? fs.readFileSync(file, 'utf8') : ''];
      })
      .sort();

  beforeEach(() => {
    parent = fs.mkdtempSync(path.join(os.tmpdir(), 'tox-data-'));
    folder = path.join(parent, 'a', 'b');
    warnings = [];
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((directory) => directory.close()));
    fs.rmSync(parent, { recursive: true, force: true });
  });

  it('is private: folders 0700, files 0600', async () => {
    await make();
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    assert.equal(fs.statSync(path.join(folder, 'lock')).mode & 0o777, 0o700);
    const files = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length >= 4);
    for (const { name } of files) {
      assert.equal(fs.statSync(path.join(folder, name)).mode & 0o777, 0o600, name);
    }
  });

  it('says in its manifest what it is, and which store it has', async () => {
    const before = Date.now();
    await make({ engine: 'nedb' });
    const text = fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8');
    const { created, store, ...rest } = JSON.parse(text) as Manifest;
    assert.deepEqual(rest, { format: 1, engine: 'nedb' });
    assert.match(store ?? '', /^[0-9a-f]{32}$/);
    assert.ok(created >= before && created <= Date.now());
  });

  for (const engine of ['lmdb', 'nedb'] as const) {
    it(`keeps records, secrets and age through a restart, on ${engine}`, async () => {
      const first = await make({ engine });
      assert.equal(first.store.engine, engine);
      assert.ok(first.space.hasRoom());
      const [held] = await first.vault.allocate(1);
      assert.ok(held);
      await first.store.batch().put(utf8('key'), utf8('value')).commit();
      const age = first.ages.now();
      await first.close();
      await first.close();

      const second = await make();
      assert.equal(second.store.engine, engine);
      assert.deepEqual(second.store.get(utf8('key')), utf8('value'));
      assert.deepEqual(second.vault.read(held.ref), held.secret);
      assert.ok(second.ages.now() >= age);
    });
  }

  it('keeps the engine it was made with, and says so to who asks for another', async () => {
    await (await make({ engine: 'nedb' })).close();
    assert.equal((await make({ engine: 'lmdb' })).store.engine, 'nedb');
    assert.match(warnings.join(), /created with nedb/);
  });

  it('belongs to one at a time', async () => {
    const first = await make({ engine: 'nedb' });
    await assert.rejects(make(), isCode('ErrIdentityInUse'));
    await first.close();
    await make();
  });

  it('leaves no writing thread where it is refused', async () => {
    await make({ engine: 'lmdb' });
    const exits: Promise<unknown>[] = [];
    const onWorker = (worker: Worker) => exits.push(once(worker, 'exit'));
    process.on('worker', onWorker);
    try {
      await assert.rejects(make(), isCode('ErrIdentityInUse'));
      assert.equal(exits.length, 1);
      await Promise.all(exits);
    } finally {
      process.off('worker', onWorker);
    }
  });

  describe('of an older format', () => {
    const ran: string[] = [];
    /** Takes a record along, as often as it is run. */
    const step = (name: string, fails = false): Migration => {
      return async ({ store }) => {
        ran.push(name);
        await store.batch().put(utf8(name), utf8('done')).commit();
        if (fails) throw new ToxAsyncError('ErrLocalStorageFull', 'The disk is full.');
      };
    };
    const formatNow = () => {
      const text = fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8');
      return (JSON.parse(text) as Manifest).format;
    };

    beforeEach(() => ran.splice(0));

    it('is brought to the present one in steps, once, and keeps what it holds', async () => {
      const first = await make({ engine: 'nedb' });
      await first.store.batch().put(utf8('key'), utf8('value')).commit();
      await first.close();
      const { created } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
      const migrations = [step('to 2'), step('to 3')];
      for (let opening = 0; opening < 2; opening += 1) {
        const directory = await make({ migrations });
        assert.deepEqual(ran, ['to 2', 'to 3']);
        assert.deepEqual(directory.store.get(utf8('key')), utf8('value'));
        assert.deepEqual(directory.store.get(utf8('to 3')), utf8('done'));
        await directory.close();
      }
      const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
      assert.deepEqual([manifest.format, manifest.engine, manifest.created], [3, 'nedb', created]);
    });

    it('goes on with the step that failed', async () => {
      await (await make({ engine: 'nedb' })).close();
      const broken = [step('to 2'), step('to 3', true)];
      await assert.rejects(make({ migrations: broken }), isCode('ErrLocalStorageFull'));
      assert.equal(formatNow(), 2);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'lock')), []);
      await make({ migrations: [step('to 2'), step('to 3')] });
      assert.deepEqual(ran, ['to 2', 'to 3', 'to 3']);
      assert.equal(formatNow(), 3);
    });

    it('is not what a new one gets: that runs no step', async () => {
      await make({ migrations: [step('to 2')] });
      assert.deepEqual([ran, formatNow()], [[], 2]);
    });

    it('is distinguished from one of a newer version, which is refused and left as it is', async () => {
      await (await make({ engine: 'nedb', migrations: [step('to 2')] })).close();
      const before = snapshot();
      await assert.rejects(make(), isCode('ErrForeignDirectory'));
      assert.deepEqual(snapshot(), before);
    });
  });

  describe('that is not one', () => {
    const refuse = async (code: ErrorCode = 'ErrForeignDirectory') => {
      const before = snapshot();
      await assert.rejects(make(), isCode(code));
      assert.deepEqual(snapshot(), before);
    };
    const put = (name: string, content: string) => {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    };

    it('but somebody’s folder is refused and left as it is', async () => {
      put('thesis.txt', 'years of work');
      await refuse();
    });

    it('but of an unknown format is refused and left as it is', async () => {
      for (const format of ['2', '0', '1.5', '-1', '"1"', 'null', '1e99']) {
        put('manifest.json', `{"format":${format},"engine":"lmdb"}`);
        await refuse();
      }
    });

    it('but of an unknown engine is refused and left as it is', async () => {
      put('manifest.json', '{"format":1,"engine":"sqlite"}');
      await refuse();
    });

    it('but has another program’s manifest is refused and left as it is', async () => {
      for (const content of ['{"name":"My web app"}', '[]', 'null', '', '{"format":1']) {
        put('manifest.json', content);
        await refuse();
      }
    });

    it('because it is a file is refused with a typed error', async () => {
      fs.writeFileSync(path.join(parent, 'a'), 'file');
      await refuse('ErrStore');
    });
  });

  it('is made in the empty root of a volume, after a start cut short, and around a restored identity', async () => {
    for (const name of ['lock', 'lost+found']) fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.writeFileSync(path.join(folder, 'manifest.json.tmp'), '{"for');
    fs.writeFileSync(path.join(folder, 'identity.tox'), 'profile');
    await make({ engine: 'nedb' });
    assert.equal(fs.readFileSync(path.join(folder, 'identity.tox'), 'utf8'), 'profile');
  });

  for (const [name, left] of [
    ['zeros', new Uint8Array(8192)],
    ['half a page', new Uint8Array(2048)],
  ] as const) {
    it(`is made again when a power cut left ${name} of its first store, but never once that was its own`, async () => {
      await (await make({ engine: 'lmdb' })).close();
      const manifest = path.join(folder, 'manifest.json');
      const store = path.join(folder, 'store.lmdb');
      fs.writeFileSync(store, left);
      await assert.rejects(make(), isCode('ErrStore'));
      assert.deepEqual(new Uint8Array(fs.readFileSync(store)), left);

      const { format, engine, created } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as Manifest;
      fs.writeFileSync(manifest, JSON.stringify({ format, engine, created }));
      const first = await make();
      await first.store.batch().put(utf8('key'), utf8('value')).commit();
      await first.close();
      assert.match(warnings.join(), /first start was cut short/);
      assert.deepEqual(new Uint8Array(fs.readFileSync(`${store}.old-first`)), left);
      assert.deepEqual((await make()).store.get(utf8('key')), utf8('value'));
    });
  }

  it('lets go of its lock when it cannot be opened', async () => {
    await (await make({ engine: 'nedb' })).close();
    const store = path.join(folder, 'store.nedb');
    const content = fs.readFileSync(store);
    fs.writeFileSync(store, `not a record\n${content.toString()}`);
    await assert.rejects(make(), isCode('ErrStore'));
    assert.deepEqual(fs.readdirSync(path.join(folder, 'lock')), []);
    fs.writeFileSync(store, content);
    await make();
  });
});
