import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from '../support/report';

/** Throughput and idle cost of the transport on real Tox, in a process of its own inside a network namespace. */
export async function run(): Promise<Report[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tox-bench-'));
  const file = path.join(folder, 'reports.json');
  try {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', path.resolve('bench/tox/run.ts')], {
      stdio: 'inherit',
      env: { ...process.env, TOX_BENCH_REPORTS: file },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the benchmark on real Tox ended with code ${code}`);
    return JSON.parse(await readFile(file, 'utf8')) as Report[];
  } finally {
    await rm(folder, { recursive: true });
  }
}
