import { spawnSync } from 'node:child_process';
import { loadLibrary } from '../../lib/transport/toxcore/binding/library-loader';

/** What to run for the parts that `missingForTox` names. */
export const HOW_TO_INSTALL = 'run scripts/install-system-packages.sh as root';

/** Set inside a namespace of `inNamespace`. */
const INSIDE = 'TOX_TEST_NAMESPACE';

/** In CI everything has to be there: what is missing is a failure, never a skip. */
export const mustBeComplete = process.env.CI !== undefined && process.env.CI !== '';

export const isInNamespace = process.env[INSIDE] === '1';

/** What a network on real Tox needs, and what its tests need as well. */
export const NETWORK_PROGRAMS: readonly string[] = ['unshare', 'ip', 'tox-bootstrapd'];
const TEST_PROGRAMS: readonly string[] = [...NETWORK_PROGRAMS, 'toxic', 'tmux'];

/** What this machine lacks for real Tox, in words. */
export function missingForTox(programs = TEST_PROGRAMS): string[] {
  const missing = programs.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length === 0 && spawnSync('unshare', [unshareFlags(), 'true']).status !== 0)
    missing.push('the right to make a network namespace (be root, or allow user namespaces)');
  try {
    loadLibrary();
  } catch {
    missing.push('libtoxcore 0.2 with koffi');
  }
  return missing;
}

/**
 * The command that runs another one in a network namespace of its own, with only a loopback device: nothing leaves
 * the machine, and no port is taken by others.
 */
export function inNamespace(command: readonly string[]) {
  const bringUp = 'ip link set lo up && exec "$@"';
  return {
    file: 'unshare',
    args: [unshareFlags(), 'sh', '-c', bringUp, 'sh', ...command],
    env: { [INSIDE]: '1' },
  };
}

/** Users other than root become root of a user namespace. */
function unshareFlags(): string {
  return process.getuid?.() === 0 ? '-n' : '-rn';
}
