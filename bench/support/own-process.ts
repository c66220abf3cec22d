import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asMarkdown, machine, type Report } from './report';

/** Where a process of `reportsOf` leaves its tables. */
const PLACE = 'TOX_BENCH_REPORTS';

/** The tables that a TypeScript file of this folder's neighbours makes, in a process of its own. @param script from the project's folder */
export async function reportsOf(script: string, ...args: readonly string[]): Promise<Report[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tox-bench-'));
  const file = path.join(folder, 'reports.json');
  try {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', path.resolve(script), ...args], {
      stdio: 'inherit',
      env: { ...process.env, [PLACE]: file },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${script} ended with code ${code}`);
    return JSON.parse(await readFile(file, 'utf8')) as Report[];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Hands the tables to `reportsOf`, or prints them when a person started this process. */
export async function handIn(reports: readonly Report[]): Promise<void> {
  const file = process.env[PLACE];
  if (file !== undefined) await writeFile(file, JSON.stringify(reports));
  else console.log([machine(), ...reports.map((report) => asMarkdown(report))].join('\n\n'));
}
