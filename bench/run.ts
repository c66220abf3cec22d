import * as crypto from './crypto/crypto-bench';
import * as delivery from './delivery/delivery-bench';
import * as session from './session/session-bench';
import * as storage from './storage/storage-bench';
import * as tox from './tox/tox-bench';
import type { BenchOptions } from './support/bench-options';
import { asMarkdown, machine, writeSection, type Report } from './support/report';

const BENCHES: Record<string, { run: (options: BenchOptions) => Promise<Report[]> }> = {
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
    const bench = BENCHES[name];
    if (bench === undefined) {
      throw new Error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}`);
    }
    const reports = await bench.run({ full });
    for (const report of reports) console.log(`\n${asMarkdown(report)}`);
    if (write) await writeSection(name, full, reports);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
