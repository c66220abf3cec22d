import { writeFileSync } from 'node:fs';
import { reporters } from 'mocha';
import type { MochaOptions, Runner } from 'mocha';

/** What one run of mocha ended with. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** mocha's usual report, each failure as it comes, and the counts as JSON in the file named by the reporter option `counts`. */
class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    // The list of failures comes at the end, and never where a run is stopped at its time limit.
    runner.on('fail', (_test, error: Error) => console.log(error.stack ?? error.message));
    const { counts: file } = options.reporterOptions as { counts: string };
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

module.exports = CountingReporter;
