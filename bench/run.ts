import * as crypto from './crypto/crypto-bench';
import * as delivery from './delivery/delivery-bench';
import * as session from './session/session-bench';
import * as storage from './storage/storage-bench';
import * as tox from './tox/tox-bench';
import type { BenchOptions } from './support/bench-options';
import { asMarkdown, machine, writeSection, type Report } from './support/report';

interface Bench {
  run(options: BenchOptions): Promise<Report[]>;
  /** Names of those of its tables that can be made alone. */
  readonly parts?: readonly string[];
}

/** `npm run bench -- [NAME | NAME/PART]... [--full] [--write]` */
const BENCHES: Record<string, Bench> = {
  crypto,
  delivery,
  session,
  storage,
  tox,
};

async function main(args: readonly string[]): Promise<void> {
  const write = args.includes('--write');
  const full = args.includes('--full');
  const asked = args.filter((arg) => !arg.startsWith('--'));
  const names = asked.length > 0 ? asked : Object.keys(BENCHES);
  console.log(machine());
  for (const name of names) {
    const [benchName = '', part] = name.split('/');
    const bench = BENCHES[benchName];
    if (bench === undefined) {
      throw new Error(`There is no bench "${benchName}". There are: ${Object.keys(BENCHES).join(', ')}`);
    }
    if (part !== undefined && !bench.parts?.includes(part)) {
      throw new Error(
        `The bench "${benchName}" has no part "${part}". It has: ${bench.parts?.join(', ') ?? 'none'}`,
      );
    }
    const reports = await bench.run({ full, part });
    for (const report of reports) console.log(`\n${asMarkdown(report)}`);
    if (write) await writeSection(benchName, { full, part }, reports);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
