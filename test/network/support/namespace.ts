/**
 * Import this first in every test of real Tox: it runs the whole test command again inside a network namespace of
 * its own, with only a loopback device, so that nothing leaves the machine and no port is taken by others. Without
 * what the tests need they are skipped with a word on how to install it; in CI that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { loadLibrary } from '../../../lib/transport/toxcore/library-loader';

const INSIDE = 'TOX_TEST_NAMESPACE';

function missing(): string[] {
  const isRoot = process.getuid?.() === 0;
  const tools = ['unshare', 'ip', 'tox-bootstrapd', 'toxic', 'tmux'].filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
  );
  if (tools.length === 0 && spawnSync('unshare', [isRoot ? '-n' : '-rn', 'true']).status !== 0)
    tools.push('the right to make a network namespace');
  try {
    loadLibrary();
  } catch {
    tools.push('libtoxcore2');
  }
  return tools;
}

function runAgainInside(): never {
  const isRoot = process.getuid?.() === 0;
  const { status, error } = spawnSync(
    'unshare',
    [
      isRoot ? '-n' : '-rn',
      'sh',
      '-c',
      'ip link set lo up && exec "$@"',
      'sh',
      process.execPath,
      ...process.execArgv,
      ...process.argv.slice(1),
    ],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } },
  );
  if (error) throw error;
  process.exit(status ?? 1);
}

/** `describe` for tests of real Tox. */
export function describeOnTox(title: string, tests: () => void): void {
  if (lacking.length > 0) describe.skip(`${title} (skipped: needs ${lacking.join(', ')})`, tests);
  else describe(title, tests);
}

const lacking = process.env[INSIDE] === '1' ? [] : missing();
if (lacking.length > 0) {
  const text = `Tests on real Tox need ${lacking.join(', ')}: run scripts/install-system-packages.sh as root.`;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(text);
  console.warn(text);
} else if (process.env[INSIDE] !== '1') runAgainInside();
