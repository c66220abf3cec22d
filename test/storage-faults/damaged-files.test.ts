import { describeOnVolumes } from './support/mount-namespace';
import assert from 'node:assert/strict';
import { cpSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toHex } from '../../lib/bytes';
import { AsyncManager } from '../../lib/manager/async-manager';
import { randomFraction } from '../../lib/platform/random';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { makeScratch, mountSmallVolume } from '../lib/store/support/scratch';
import { ENGINES, FaultNode, FULL, numbered } from './support/fault-node';
import { openAll } from './support/open-all';
import { nameOf, type Opened } from './support/open-damaged';

/** Of each kind, for each file. */
const CASES = FULL ? 60 : 4;
const MESSAGES = 40;
const PROGRAM = path.join(__dirname, 'support', 'open-damaged.ts');

type Damage = 'flipped' | 'cut';
type Outcome = Opened | { readonly signal: string };

describeOnVolumes('a data directory with a file that is cut off or has a bit flipped somewhere', function () {
  this.timeout(FULL ? 3_600_000 : 120_000);
  let scratch: ReturnType<typeof makeScratch>;
  let unmount: () => void;

  before(() => {
    scratch = makeScratch();
    // Small: the reserve is 1 MiB here, and every case has one.
    unmount = mountSmallVolume(scratch.path, 64);
  });

  after(() => {
    unmount();
    scratch.remove();
  });

  for (const engine of ENGINES) {
    describe(`on ${engine}`, () => {
      const healthy = () => path.join(scratch.path, engine);
      const original = new Set<string>();
      let publicKey: string;
      const random = new SeededRandom(`damage ${engine}`);

      before(async () => {
        const manager = await AsyncManager.create({ dataDir: healthy(), engine });
        publicKey = toHex(manager.publicKey);
        await manager.stop();
        const node = await FaultNode.open(healthy(), engine);
        for (let n = 0; n < MESSAGES; n += 1) {
          const { envelope } = numbered(engine, n);
          assert.equal(await node.store(envelope), 'ok');
          original.add(nameOf(toHex(envelope)));
        }
        const [secret] = await node.vault.allocate(1);
        assert.ok(secret);
        await node.stop();
      });

      /** Opens damaged copies, and tells of each what came of it. */
      const outcomes = (file: string, damage: Damage): Outcome[] => {
        const folders: string[] = [];
        for (let n = 0; n < CASES; n += 1) {
          const folder = path.join(scratch.path, `${engine}-${damage}-${n}`);
          copyDirectory(healthy(), folder);
          spoil(path.join(folder, file), damage, random);
          folders.push(folder);
        }
        const all = openAll<Opened>({ program: PROGRAM, folders });
        for (const folder of folders) rmSync(folder, { recursive: true });
        return all;
      };
      /** Nothing but our errors, the same identity, and no envelope that nobody deposited. */
      const assertHonest = (outcome: Outcome): void => {
        const text = JSON.stringify(outcome).slice(0, 400);
        if ('envelopes' in outcome) {
          assert.equal(outcome.publicKey, publicKey);
          assert.ok(outcome.envelopes.every((envelope) => original.has(envelope)));
        } else assert.ok('code' in outcome && outcome.code !== undefined, text);
      };

      for (const damage of ['flipped', 'cut'] as const) {
        it(`opens with what is whole of it, or says what is wrong: the store, ${damage}`, () => {
          const all = outcomes(`store.${engine}`, damage);
          // lmdb trusts the structure of its pages: docs/SECURITY.md, "What does not hold".
          const mayDie = engine === 'lmdb' && damage === 'flipped';
          const lived = all.filter((outcome) => !('signal' in outcome));
          for (const outcome of lived) assertHonest(outcome);
          assert.ok(
            mayDie ? lived.length >= all.length / 2 : lived.length === all.length,
            JSON.stringify(all).slice(0, 1000),
          );
        });

        for (const file of ['vault', 'manifest.json', 'identity.tox']) {
          it(`loses no mail: ${file}, ${damage}`, () => {
            for (const outcome of outcomes(file, damage)) {
              assertHonest(outcome);
              if ('envelopes' in outcome) assert.equal(outcome.envelopes.length, MESSAGES);
            }
          });
        }
      }
    });
  }
});

/** Without the sockets of the lock. */
function copyDirectory(from: string, to: string): void {
  mkdirSync(to);
  cpSync(from, to, {
    recursive: true,
    filter: (source) => lstatSync(source).isFile() || lstatSync(source).isDirectory(),
  });
}

function spoil(file: string, damage: Damage, random: SeededRandom): void {
  const bytes = readFileSync(file);
  const at = Math.floor(randomFraction(random) * bytes.length);
  if (damage === 'cut') {
    writeFileSync(file, bytes.subarray(0, at));
    return;
  }
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(randomFraction(random) * 8));
  writeFileSync(file, bytes);
}
