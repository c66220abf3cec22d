import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../../lib/types';
import { MemoryDirectory } from '../../../support/memory-directory';
import { waitFor } from '../../../support/world';

const crypto = createPortableProvider();
const keyOf = (n: number) => crypto.keyPairFromSecret(new Uint8Array(32).fill(n)).publicKey;
const [bob, cat] = [keyOf(1), keyOf(2)];

/** A session whose disk refuses on demand: `files` for whole files, `store` for commits. */
class Bench {
  readonly memory = new MemoryDirectory();
  readonly time = new SimulatedTime();
  readonly warnings: string[] = [];
  refusing: 'files' | 'store' | undefined;
  hangs = false;
  manager!: AsyncManager;

  async open(): Promise<void> {
    const { disk } = this.memory;
    const writeFile = disk.writeFile.bind(disk);
    disk.writeFile = (path, data) =>
      this.refusing === 'files' ? Promise.reject(denied()) : writeFile(path, data);
    const platform = {
      clock: this.time.clock,
      timers: this.time.timers,
      random: new SeededRandom('refused'),
      disk,
    };
    const opened = await this.memory.open(platform, crypto);
    const { store } = opened;
    const batch = store.batch.bind(store);
    store.batch = () => {
      const made = batch();
      const commit = made.commit.bind(made);
      made.commit = () => (this.refusing === 'store' ? Promise.reject(denied()) : commit());
      return made;
    };
    const log = { ...silentLogger, warn: (text: string) => this.warnings.push(text) };
    this.manager = await waitFor(
      this.time,
      AsyncManager.create({ dataDir: '/data', directory: opened, platform, crypto, log }),
    );
  }

  /** What the session says of itself, what it saves as its profile, and what a start would read of both. */
  state(): Promise<unknown> {
    const friends = this.manager.friends().map(({ publicKey, name }) => [toHex(publicKey), name]);
    const profile = toHex(this.manager.profile.savedata());
    const stored = this.memory.table<{ name?: string }>('friend').map(({ name }) => name);
    return this.memory.disk.readFile('/data/identity.tox').then((file) => ({
      friends,
      profile,
      stored,
      file: file && toHex(file),
      mode: this.manager.preference('mode'),
    }));
  }
}

function denied(): Error {
  return Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
}

describe('a change that the disk refuses', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = new Bench();
    await bench.open();
    await waitFor(bench.time, bench.manager.addFriend(bob, 'Bob'));
    await waitFor(bench.time, bench.manager.savePreference('mode', 'online'));
  });

  afterEach(async () => {
    bench.refusing = undefined;
    await waitFor(bench.time, bench.manager.stop());
  });

  const changes: Record<string, () => Promise<void>> = {
    'adding a friend': () => bench.manager.addFriend(cat, 'Cat'),
    'adding one without a name': () => bench.manager.addFriend(cat),
    'renaming a friend': () => bench.manager.addFriend(bob, 'Robert'),
    'removing a friend': () => bench.manager.removeFriend(bob),
    'saving a preference': () => bench.manager.savePreference('mode', 'offline'),
    'saving the profile that the network made': () => {
      const savedata = bench.manager.profile.savedata();
      // The nospam: 4 bytes behind the heads of the file and of its first section.
      savedata[16] = (savedata[16] ?? 0) ^ 1;
      return bench.manager.profile.save(savedata);
    },
  };

  for (const [name, change] of Object.entries(changes)) {
    for (const refusing of ['files', 'store'] as const) {
      const onlyInStore = name === 'saving a preference';
      const onlyInFiles = name.startsWith('saving the profile');
      if (refusing === 'files' ? onlyInStore : onlyInFiles) continue;
      it(`leaves memory and disk as they were: ${name}, while the ${refusing} cannot be written`, async () => {
        const before = await bench.state();
        bench.refusing = refusing;
        await assert.rejects(waitFor(bench.time, change()), /EACCES/);
        bench.refusing = undefined;
        assert.deepEqual(await bench.state(), before);
        // The control: nothing but the disk was in the way.
        await waitFor(bench.time, change());
        assert.notDeepEqual(await bench.state(), before);
      });
    }
  }
});
