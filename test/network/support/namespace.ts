/**
 * Import this first in every test of real Tox: outside of a network namespace it runs the whole test command again
 * inside one. Without what the tests need they are skipped with a word on how to install it; in CI that is a failure.
 */
import { spawnSync } from 'node:child_process';
import {
  HOW_TO_INSTALL,
  inNamespace,
  isInNamespace,
  missingForTox,
  mustBeComplete,
} from '../../../scripts/support/real-tox';

function runAgainInside(): never {
  const { file, args, env } = inNamespace([process.execPath, ...process.execArgv, ...process.argv.slice(1)]);
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw error;
  process.exit(status ?? 1);
}

/** `describe` for tests of real Tox. */
export function describeOnTox(title: string, tests: (this: Mocha.Suite) => void): void {
  if (lacking.length > 0) describe.skip(`${title} (skipped: needs ${lacking.join(', ')})`, tests);
  else describe(title, tests);
}

const lacking = isInNamespace ? [] : missingForTox();
if (lacking.length > 0) {
  const text = `Tests on real Tox need ${lacking.join(', ')}: ${HOW_TO_INSTALL}.`;
  if (mustBeComplete) throw new Error(text);
  console.warn(text);
} else if (!isInNamespace) runAgainInside();
