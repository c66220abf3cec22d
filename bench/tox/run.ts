/** `node --require tsx/cjs bench/tox/run.ts [throughput|idle]`; needs the packages of the tests on real Tox. */
import '../../test/network/support/namespace';
import { writeFile } from 'node:fs/promises';
import { BootstrapDaemon } from '../../test/network/support/bootstrap-daemon';
import { asMarkdown, machine, type Report } from '../support/report';
import { idle } from './idle';
import { throughput } from './throughput';

async function main(asked: string | undefined): Promise<void> {
  const daemon = await BootstrapDaemon.start();
  const reports: Report[] = [];
  if (asked !== 'idle') reports.push(await throughput(daemon.node));
  if (asked !== 'throughput') reports.push(await idle(daemon.node));
  await daemon.stop();
  const file = process.env.TOX_BENCH_REPORTS;
  if (file !== undefined) await writeFile(file, JSON.stringify(reports));
  else console.log([machine(), ...reports.map((report) => asMarkdown(report))].join('\n\n'));
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
