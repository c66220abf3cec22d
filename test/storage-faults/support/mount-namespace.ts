/**
 * Import this first in every test of this folder: it runs the whole test command again in a mount namespace of its
 * own, so that small and read-only volumes come and go with the tests and the machine sees none of them. Where that
 * is not allowed the tests are skipped with a word on why; in CI that is a failure.
 */
import { spawnSync } from 'node:child_process';

const INSIDE = 'STORAGE_FAULTS_NAMESPACE';
/** Root of the machine, or of a user namespace. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm'];

function canMount(): boolean {
  return spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

function runAgainInside(): never {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync('unshare', [...UNSHARE, ...command], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  if (error) throw error;
  process.exit(status ?? 1);
}

const isInside = process.env[INSIDE] === '1';
const isAble = isInside || canMount();

/** `describe` for tests that mount volumes. */
export function describeOnVolumes(title: string, tests: (this: Mocha.Suite) => void): void {
  if (isAble) describe(title, tests);
  else describe.skip(`${title} (skipped: needs the right to mount volumes, on Linux)`, tests);
}

if (!isAble) {
  if (process.env.CI !== undefined && process.env.CI !== '') {
    throw new Error('Tests of full and read-only disks must be able to mount: run them on Linux, as root.');
  }
} else if (!isInside) runAgainInside();
