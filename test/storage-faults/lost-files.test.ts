import { describeOnVolumes } from './support/mount-namespace';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { ErrorCode } from '../../lib/errors';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { AsyncManager } from '../../lib/manager/async-manager';
import { makeScratch, mountSmallVolume } from '../lib/store/support/scratch';
import { ENGINES } from './support/fault-node';
import { openAll } from './support/open-all';
import { type OpenedSession, PASSPHRASE } from './support/open-session';

type State =
  'missing' | 'empty' | 'cut' | 'zeros behind' | 'zeros inside' | 'another’s' | 'a link' | 'a folder';
/** With other rights, for a process that is not root. */
type Rights = 'owned by another' | 'read-only';
/** `whole`: everything is there. `warned`: it opens and a warning says what is lost. */
type Expected = 'whole' | 'warned' | ErrorCode | readonly ErrorCode[];
type Row = Record<State | Rights, Expected>;

/** What has to come of each file in each state. */
function rows(engine: 'lmdb' | 'nedb'): Record<string, Row> {
  const every = (expected: Expected): Row => ({
    missing: expected,
    empty: expected,
    cut: expected,
    'zeros behind': expected,
    'zeros inside': expected,
    'another’s': expected,
    'a link': 'ErrStore',
    'a folder': 'ErrStore',
    'owned by another': 'ErrStore',
    'read-only': 'whole',
  });
  const madeAgain = { ...every('whole'), 'owned by another': 'whole', 'read-only': 'whole' } as const;
  return {
    [`store.${engine}`]: {
      ...every('ErrStore'),
      'zeros behind': engine === 'lmdb' ? 'whole' : 'warned',
      'read-only': 'ErrStore',
    },
    'manifest.json': { ...every('ErrForeignDirectory'), 'another’s': 'ErrIdentityMismatch' },
    'identity.tox': {
      ...every('ErrIdentityFile'),
      'zeros behind': 'whole',
      // Between its sections: none of them is checked by more than its length.
      'zeros inside': 'whole',
      'another’s': 'ErrIdentityMismatch',
      'a link': 'whole',
    },
    vault: {
      ...every('warned'),
      cut: 'whole',
      'zeros behind': 'whole',
      'zeros inside': 'whole',
      'read-only': 'ErrStore',
    },
    'vault.key': { ...every('ErrStore'), 'zeros inside': 'ErrPassphrase', 'read-only': 'whole' },
    reserve: madeAgain,
    'identity.tox.tmp': madeAgain,
    'manifest.json.tmp': madeAgain,
    'another program’s file': { ...madeAgain, 'a link': 'whole', 'a folder': 'whole' },
    lock: { ...every('ErrStore'), missing: 'whole', 'read-only': 'ErrStore' },
    ...(engine === 'lmdb' ? { 'store.lmdb-lock': madeAgain } : {}),
  };
}

const NOBODY = 65_534;
const PROGRAM = path.join(__dirname, 'support', 'open-session.ts');
/** What a start makes again, whatever comes of it. */
const MADE_AGAIN = /^(reserve|store\.lmdb-lock|lock($|\/))/;
const crypto = createPortableProvider();

interface Cell {
  readonly file: string;
  readonly state: State | Rights;
  readonly expected: Expected;
  readonly folder: string;
}

describeOnVolumes(
  'a data directory with a file that vanished, shrank, changed or is somebody else’s',
  function () {
    this.timeout(600_000);
    let scratch: ReturnType<typeof makeScratch>;
    let unmount: () => void;
    const place = (name: string) => path.join(scratch.path, name);
    const toxIds = new Map<string, string>();

    /** A session with a friend and a message in its outbox. */
    const makeSession = async (engine: 'lmdb' | 'nedb', name: string): Promise<void> => {
      const dataDir = place(name);
      const sealed = name.endsWith('-sealed') ? { passphrase: PASSPHRASE } : {};
      const manager = await AsyncManager.create({ dataDir, engine, ...sealed });
      const { publicKey } = crypto.keyPairFromSecret(new Uint8Array(32).fill(7));
      await manager.addFriend(publicKey, 'Bob');
      await manager.sendAsyncMessage(publicKey, 'kept');
      for (let n = 0; n < 40; n += 1) await manager.savePreference(`p${n}`, 'x'.repeat(500));
      toxIds.set(name, manager.toxId);
      await manager.stop();
      for (const left of ['identity.tox.tmp', 'manifest.json.tmp', 'another program’s file'])
        fs.writeFileSync(path.join(dataDir, left), 'left behind');
    };

    before(() => {
      scratch = makeScratch();
      fs.chmodSync(scratch.path, 0o755);
      unmount = mountSmallVolume(scratch.path, 400);
      fs.chmodSync(scratch.path, 0o777);
    });

    after(() => {
      unmount();
      scratch.remove();
    });

    for (const engine of ENGINES) {
      describe(`on ${engine}`, () => {
        const healthyFor = (file: string) => `${engine}-healthy${file === 'vault.key' ? '-sealed' : ''}`;

        before(async () => {
          for (const name of ['healthy', 'healthy-sealed', 'other', 'other-sealed'])
            await makeSession(engine, `${engine}-${name}`);
        });

        const make = (states: readonly (State | Rights)[]): Cell[] => {
          const cells: Cell[] = [];
          for (const [file, row] of Object.entries(rows(engine))) {
            for (const state of states) {
              const sealed = file === 'vault.key' ? '-sealed' : '';
              const folder = place(`${engine}-${cells.length}-${states.length}${sealed}`);
              copy(place(healthyFor(file)), folder);
              cells.push({ file, state, expected: row[state], folder });
            }
          }
          return cells;
        };
        const check = (cells: readonly Cell[], uid?: number) => {
          const before = cells.map(snapshot);
          const folders = cells.map(({ folder }) => folder);
          const outcomes = openAll<OpenedSession>({
            program: PROGRAM,
            folders,
            ...(uid === undefined ? {} : { uid }),
          });
          const wrong = cells.flatMap((cell, n) => {
            const outcome = outcomes[n];
            const fault =
              outcome === undefined || 'signal' in outcome
                ? 'it ended the process'
                : faultOf(cell, outcome, toxIds.get(healthyFor(cell.file)));
            const touched = outcome && 'code' in outcome && snapshot(cell) !== before[n];
            const faults = [...(fault === undefined ? [] : [fault]), ...(touched ? ['it was touched'] : [])];
            return faults.map((text) => `${cell.file}, ${cell.state}: ${text} ${JSON.stringify(outcome)}`);
          });
          assert.deepEqual(wrong, []);
          return outcomes;
        };

        it('opens with all that was accepted, says what is lost, or is refused untouched', () => {
          const cells = make([
            'missing',
            'empty',
            'cut',
            'zeros behind',
            'zeros inside',
            'another’s',
            'a link',
            'a folder',
          ]);
          for (const { file, state, folder } of cells)
            spoil(
              path.join(folder, file),
              state,
              path.join(place(healthyFor(file).replace('healthy', 'other')), file),
            );
          check(cells);
          // The control: with the right file back in its place each opens whole.
          const refused = cells.filter(({ expected }) => expected !== 'whole' && expected !== 'warned');
          for (const { file, folder } of refused) {
            fs.rmSync(path.join(folder, file), { recursive: true, force: true });
            copy(path.join(place(healthyFor(file)), file), path.join(folder, file));
          }
          check(refused.map((cell) => ({ ...cell, expected: 'whole' })));
          for (const { folder } of cells) fs.rmSync(folder, { recursive: true });
        });

        it('the same with files that this process may not read or write', function () {
          if (process.getuid?.() !== 0) this.skip();
          const cells = make(['owned by another', 'read-only']);
          for (const { file, state, folder } of cells) {
            chown(folder, NOBODY);
            const spoilt = path.join(folder, file);
            if (state === 'owned by another') fs.chownSync(spoilt, 0, 0);
            else fs.chmodSync(spoilt, fs.statSync(spoilt).isDirectory() ? 0o500 : 0o400);
          }
          check(cells, NOBODY);
          for (const { folder } of cells) fs.rmSync(folder, { recursive: true });
        });
      });
    }
  },
);

/** What is wrong with what came of a cell, if anything. */
function faultOf(
  { expected, file }: Cell,
  outcome: OpenedSession,
  toxId: string | undefined,
): string | undefined {
  if (expected === 'whole' || expected === 'warned') {
    if ('code' in outcome) return 'it was refused';
    if (outcome.toxId !== toxId) return 'it has another Tox ID';
    if (outcome.friends.join() !== 'Bob' || outcome.queued !== 1) return 'something is lost';
    const told = outcome.warnings.some((text) => text.includes(file));
    return told === (expected === 'warned')
      ? undefined
      : `it should ${expected === 'warned' ? '' : 'not '}warn`;
  }
  if (!('code' in outcome)) return 'it opened';
  if (outcome.code === undefined || ![expected].flat().includes(outcome.code as ErrorCode))
    return 'it has another code';
  const says =
    outcome.text.includes(file) && /put|move|restore|name|choose|check the disk/i.test(outcome.text);
  return says ? undefined : 'it does not say what to do';
}

function spoil(file: string, state: State | Rights, others: string): void {
  const isFolder = fs.statSync(file).isDirectory();
  const bytes = isFolder ? Buffer.alloc(0) : fs.readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  const write = (content: Uint8Array) => {
    fs.rmSync(file, { recursive: true });
    fs.writeFileSync(file, content);
  };
  switch (state) {
    case 'missing':
      return fs.rmSync(file, { recursive: true });
    case 'cut':
      return write(bytes.subarray(0, middle));
    case 'zeros behind':
      return write(Buffer.concat([bytes, Buffer.alloc(4096)]));
    case 'zeros inside':
      return write(Buffer.from(bytes).fill(0, Math.floor(bytes.length / 4), middle));
    case 'another’s':
      return write(isFolder ? Buffer.from('file') : fs.readFileSync(others));
    case 'a link':
      fs.renameSync(file, `${file}-elsewhere`);
      return fs.symlinkSync(`${file}-elsewhere`, file);
    case 'a folder':
      fs.rmSync(file, { recursive: true });
      return isFolder ? fs.writeFileSync(file, '') : fs.mkdirSync(file);
    default:
      return write(Buffer.alloc(0));
  }
}

/** With its times, to the nanosecond: a store that was touched is read first, which takes longer. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function chown(folder: string, uid: number): void {
  for (const entry of ['.', ...fs.readdirSync(folder)]) fs.chownSync(path.join(folder, entry), uid, uid);
}

/** Every name with its bytes, but for what is made again. The vault is opened last, when the store is already in use. */
function snapshot({ folder, file: spoilt }: Cell): string {
  const isUsed = (name: string) => spoilt === 'vault' && /^(store|manifest)/.test(name);
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(folder, file), entry.isFile() ? fs.readFileSync(file, 'base64') : ''] as const;
  });
  return JSON.stringify(entries.filter(([name]) => !MADE_AGAIN.test(name) && !isUsed(name)).sort());
}
