import { readFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { CACHE, tool } from '../support/project';
import { run } from '../support/run';

/** What one test file of kills or faults came to. */
export interface SuiteFigures {
  readonly file: string;
  readonly about: string;
  readonly passed: number;
  readonly failed: number;
  /** What it counted and printed as JSON; empty for one that counts nothing. */
  readonly counts: Readonly<Record<string, number>>;
}

const SUITES: readonly (readonly [file: string, about: string])[] = [
  ['test/chaos/crashes-in-memory.test.ts', 'three sessions that die at any step, with torn and lost writes'],
  ['test/chaos/crashes-of-processes.test.ts', 'real processes on real disks, ended by SIGKILL'],
  ['test/chaos/crashes-while-opening.test.ts', 'a directory that dies at each write while it is opened'],
  ['test/chaos/erasure.test.ts', 'what a thief of the disk finds after a crash'],
  ['test/storage-faults/**/*.test.ts', 'storage nodes on disks that fail, fill up and lie'],
  ['test/postgres/faults/**/*.test.ts', 'PostgreSQL that is killed, cut off, full, restored or refuses'],
  ['test/simulation/histories.test.ts', 'any order of sends, crashes, restores, clones and attacks'],
];

/** Runs them one after the other, in the size that the environment asks for (`FULL=1`). */
export async function runSuites(): Promise<SuiteFigures[]> {
  const figures: SuiteFigures[] = [];
  for (const [file, about] of SUITES) figures.push(await runSuite(file, about));
  return figures;
}

async function runSuite(file: string, about: string): Promise<SuiteFigures> {
  const output = path.join(CACHE, 'reliability-suite.json');
  await mkdir(CACHE, { recursive: true });
  const args = ['--reporter', 'json', '--reporter-option', `output=${output}`, file];
  // A test that fails ends mocha with another code; the report says which.
  const printed = await run(tool('mocha'), args, { quiet: true }).catch((error: unknown) => String(error));
  const { stats } = JSON.parse(await readFile(output, 'utf8')) as {
    stats: { passes: number; failures: number };
  };
  return { file, about, passed: stats.passes, failed: stats.failures, counts: countsIn(printed) };
}

/** Of the lines that are JSON objects of numbers. */
function countsIn(printed: string): Record<string, number> {
  const lines = printed.split('\n').filter((line) => /^\s*\{"[^{]*\}\s*$/.test(line));
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as Record<string, number>)) as Record<
    string,
    number
  >;
}
