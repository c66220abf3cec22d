import { spawnSync } from 'node:child_process';

/** Set inside a namespace of `inMountNamespace`. */
const INSIDE = 'STORAGE_FAULTS_NAMESPACE';
/** Root of the machine, or of a user namespace. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm'];

export const isInMountNamespace = process.env[INSIDE] === '1';

/** Whether this process, or one in a namespace of its own, may mount volumes. */
export function canMount(): boolean {
  if (isInMountNamespace) return true;
  return spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

/**
 * The command that runs another one in a mount namespace of its own: volumes come and go with it, and the machine sees
 * none of them.
 */
export function inMountNamespace(command: readonly string[]) {
  return { file: 'unshare', args: [...UNSHARE, ...command], env: { [INSIDE]: '1' } };
}
