/** `npm run bench -- tox`, or a part of it: tox/throughput, tox/latency, tox/idle, tox/online. */
import '../../test/network/support/namespace';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { BootstrapDaemon } from '../../test/network/support/bootstrap-daemon';
import { chosenParts } from '../support/bench-options';
import { handIn } from '../support/own-process';
import type { Report } from '../support/report';
import { idle } from './idle';
import { latency } from './latency';
import { online } from './online';
import { throughput } from './throughput';
import type { parts } from './tox-bench';

const PARTS: Record<(typeof parts)[number], (node: BootstrapNode) => Promise<Report>> = {
  throughput,
  latency,
  idle,
  online,
};

async function main(asked: string | undefined): Promise<void> {
  const daemon = await BootstrapDaemon.start();
  const reports: Report[] = [];
  for (const part of chosenParts(PARTS, asked)) reports.push(await part(daemon.node));
  await daemon.stop();
  await handIn(reports);
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
