import * as crypto from './crypto/crypto-bench';
import * as tox from './tox/tox-bench';
import { asMarkdown, machine, writeSection, type Report } from './support/report';

const BENCHES: Record<string, { run: () => Promise<Report[]> }> = { crypto, tox };

async function main(args: readonly string[]): Promise<void> {
  const write = args.includes('--write');
  const asked = args.filter((arg) => !arg.startsWith('--'));
  const names = asked.length > 0 ? asked : Object.keys(BENCHES);
  console.log(machine());
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      throw new Error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}`);
    }
    const reports = await bench.run();
    for (const report of reports) console.log(`\n${asMarkdown(report)}`);
    if (write) await writeSection(name, reports);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
