import { writeFileSync } from 'node:fs';
import { reporters } from 'mocha';
import type { MochaOptions, Runner } from 'mocha';

/** What one run of mocha ended with. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** mocha's usual report, and the counts as JSON in the file named by the reporter option `counts`. */
class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const { counts: file } = options.reporterOptions as { counts: string };
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

module.exports = CountingReporter;
