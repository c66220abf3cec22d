import assert from 'node:assert/strict';
import { lstatSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { utf8 } from '../../lib/bytes';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../lib/errors';
import { AsyncManager } from '../../lib/manager/async-manager';
import { SPARED_TABLES } from '../../lib/manager/sound-store';
import { systemDisk } from '../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../lib/store/lmdb/lmdb-store';
import { openNedbStore } from '../../lib/store/nedb/nedb-store';
import type { Store } from '../../lib/store/store';
import { silentLogger } from '../../lib/types';
import { makeScratch } from '../lib/store/support/scratch';
import { ENGINES } from './support/fault-node';
import { MemoryDirectory } from '../support/memory-directory';
import { Device, MINUTE, SECOND, World } from '../support/world';

const LIB = path.join(__dirname, '..', '..', 'lib');
/** Names of all tables, as the code has them. The directory's own mark is only in a directory of files. */
const TABLES = [
  ...new Set(
    readdirSync(LIB, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(path.join(LIB, file), 'utf8').matchAll(
          /new \w*Table(?:<[\w<>]+>)?\([^,]+, '([\w-]+)'/g,
        ),
      ])
      .map(([, name = '']) => name),
  ),
];
const DAMAGES = {
  'one bit flipped': (record: Uint8Array) =>
    record.with(record.length >> 1, (record[record.length >> 1] ?? 0) ^ 1),
  'nothing left of it': () => new Uint8Array(),
};
const BOTH = ['one bit flipped', 'nothing left of it'] as const;

describe('a data directory in whose store one record is damaged', function () {
  this.timeout(120_000);
  /** Alice's, with a message to hand over again and two in the outbox, one of them in a node's hands; and the others'. */
  const directories = new Map<string, MemoryDirectory>();

  before(async () => {
    const world = new World('damaged records');
    const alice = await world.add('Alice');
    const bob = await world.add('Bob', { storageRole: 'off' });
    await world.add('Node');
    await world.settle();
    alice.handle = () => 'later';
    await alice.manager.savePreference('colour', 'blue');
    await alice.send(bob, 'read');
    await bob.send(alice, 'not read yet');
    await world.run(10 * SECOND);
    await bob.online(false);
    await alice.send(bob, 'stored', { context: { topic: 'a' } });
    await world.run(MINUTE);
    for (const device of world.devices.slice(1)) await device.online(false);
    await alice.send(bob, 'waiting');
    await world.run(10 * SECOND);
    await world.stop();
    for (const { name, memory } of world.devices) directories.set(name, await memory.copy());
  });

  /** The three again; in Alice's directory a record of the table is `damaged`. */
  async function worldWith(table?: string, damage?: (record: Uint8Array) => Uint8Array): Promise<World> {
    const world = new World('damaged again');
    for (const [name, directory] of directories) {
      const device = new Device(world, name, name === 'Bob' ? { storageRole: 'off' } : {});
      await device.memory.restore(directory);
      world.devices.push(device);
    }
    const [alice] = world.devices;
    assert.ok(alice);
    if (table === undefined || damage === undefined) return world;
    const { index } = alice.memory.volume;
    const prefix = utf8(`${table}/`);
    const found = [...index.range({ gte: prefix, lt: utf8(`${table}0`) })].map(([key, value]) => ({
      key: key.slice(),
      value: value.slice(),
    }));
    // A table that is empty at rest: what a crash may leave in it.
    const { key, value } = found[found.length >> 1] ?? {
      key: Buffer.concat([prefix, Buffer.alloc(64)]),
      value: new Uint8Array(9),
    };
    index.apply([[key, damage(value)]]);
    return world;
  }

  /** Everything that was accepted arrives. */
  async function assertWhole(world: World): Promise<void> {
    const [alice, bob] = world.devices;
    assert.ok(alice && bob);
    for (const device of world.devices) if (!device.running) await device.start();
    await world.run(2 * MINUTE);
    assert.deepEqual(alice.texts, ['not read yet']);
    assert.deepEqual(bob.texts.sort(), ['stored', 'waiting']);
    assert.deepEqual(alice.outcomes.filter(({ state }) => state === 'delivered').length, 2);
    await world.stop();
  }

  it('opens whole when none is (the control)', async () => {
    await assertWhole(await worldWith());
  });

  it('knows what one record of each table costs', () => {
    assert.ok(TABLES.length >= 25, TABLES.join());
    for (const name of SPARED_TABLES) assert.ok(TABLES.includes(name), name);
  });

  for (const table of TABLES) {
    const isSpared = SPARED_TABLES.includes(table);
    it(`${isSpared ? 'opens without it and says so' : 'is refused with a typed error'}: ${table}`, async () => {
      for (const how of BOTH) {
        const world = await worldWith(table, DAMAGES[how]);
        const [alice] = world.devices;
        assert.ok(alice);
        if (isSpared) {
          await assertWhole(world);
          assert.match(
            alice.errors.join('\n'),
            /One record of friends, nodes or preferences .* cannot be read/,
            how,
          );
        } else {
          await assert.rejects(alice.start(), (error) => ToxAsyncError.is(error, 'ErrStore'), how);
        }
      }
    });
  }
});

for (const engine of ENGINES) {
  describe(`a data directory on ${engine} in whose store one record is damaged`, function () {
    this.timeout(120_000);
    let scratch: ReturnType<typeof makeScratch>;
    const place = (name: string) => path.join(scratch.path, name);

    before(async () => {
      scratch = makeScratch();
      const manager = await AsyncManager.create({ dataDir: place('sound'), engine });
      const { publicKey } = createPortableProvider().keyPairFromSecret(new Uint8Array(32).fill(7));
      await manager.addFriend(publicKey, 'Bob');
      await manager.savePreference('colour', 'blue');
      await manager.sendAsyncMessage(publicKey, 'kept', 0, { context: { topic: 'a' } });
      await manager.stop();
    });

    after(() => scratch.remove());

    const storeIn = (folder: string): Promise<Store> => {
      const file = path.join(folder, `store.${engine}`);
      return engine === 'lmdb'
        ? openLmdbStore({ path: file, disk: systemDisk })
        : openNedbStore({ path: file, log: silentLogger });
    };

    it('opens with all that was accepted, or is refused with a typed error', async () => {
      const store = await storeIn(place('sound'));
      const records = [...store.range({ gte: utf8('a'), lt: utf8('zz') })].map(
        ([key, value]) => [key.slice(), value.slice()] as const,
      );
      await store.close();
      const outcomes = new Map<string, string>();
      for (const [key, value] of records) {
        const table = Buffer.from(key).toString('latin1').replace(/\/.*/s, '');
        const folder = place(table);
        copyDirectory(place('sound'), folder);
        const damaged = await storeIn(folder);
        await damaged.batch().put(key, DAMAGES['one bit flipped'](value)).commit();
        await damaged.close();
        const warnings: string[] = [];
        const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
        const opened = AsyncManager.create({ dataDir: folder, engine, log });
        outcomes.set(
          table,
          await opened.then(whatIsLeft, codeOf).then((left) => [left, ...warnings].join(', ')),
        );
      }
      const refused = 'ErrStore';
      const warned =
        "One record of friends, nodes or preferences in the data directory's store cannot be read";
      const wrong = [...outcomes].filter(([table, outcome]) =>
        SPARED_TABLES.includes(table)
          ? !outcome.startsWith('1 friend, 1 queued') || !outcome.includes(warned)
          : outcome !== refused,
      );
      assert.deepEqual(wrong, []);
      for (const table of [
        'friend',
        'preference',
        'outbox',
        'outbox-plaintext',
        'context',
        'vault',
        'age-clock',
        'directory',
      ])
        assert.ok(outcomes.has(table), table);
    });
  });
}

async function whatIsLeft(manager: AsyncManager): Promise<string> {
  const left = `${manager.friends().length} friend, ${manager.counts().unfinished} queued`;
  await manager.stop();
  return left;
}

function codeOf(error: unknown): string {
  return ToxAsyncError.is(error) ? error.code : String(error);
}

/** Without the sockets of the lock. */
function copyDirectory(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (source) => lstatSync(source).isFile() || lstatSync(source).isDirectory(),
  });
}
