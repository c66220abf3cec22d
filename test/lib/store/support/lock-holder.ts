/** Child process of the lock's tests: locks argv[2], says so on stdout, and holds until it is killed. */
import { ToxAsyncError } from '../../../../lib/errors';
import { systemRandom } from '../../../../lib/platform/random';
import { systemTimers } from '../../../../lib/platform/timers';
import { lockDirectory } from '../../../../lib/store/directory/lock/directory-lock';

process.stdin.once('data', () => {
  lockDirectory(process.argv[2] ?? '', { random: systemRandom, timers: systemTimers }).then(
    () => process.stdout.write('held\n'),
    (error: unknown) =>
      process.stdout.write(ToxAsyncError.is(error) ? `${error.code}\n` : `${String(error)}\n`),
  );
});
process.stdout.write('ready\n');
