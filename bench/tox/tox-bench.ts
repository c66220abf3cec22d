import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run as runCommand } from '../../scripts/support/run';
import type { Report } from '../support/report';

/** Throughput and idle cost of the transport on real Tox, in a process of its own inside a network namespace. */
export async function run(): Promise<Report[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tox-bench-'));
  const file = path.join(folder, 'reports.json');
  try {
    await runCommand(process.execPath, ['--require', 'tsx/cjs', path.resolve('bench/tox/run.ts')], {
      env: { TOX_BENCH_REPORTS: file },
    });
    return JSON.parse(await readFile(file, 'utf8')) as Report[];
  } finally {
    await rm(folder, { recursive: true });
  }
}
