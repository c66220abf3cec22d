import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { rowsOf } from '../../test/simulation/support/town/report';
import type { TownResult } from '../../test/simulation/support/town/run-town';
import type { ReliabilityOptions } from './options';
import { tool } from '../support/project';
import { run } from '../support/run';
import { runSuites } from './suites';

const PAGE = path.resolve('docs/RELIABILITY.md');

/** What the page shows of a town. */
export type TownFigured = Pick<TownResult, 'figures' | 'violations'>;

/** Puts the figures of this run into the page. */
export async function writeTowns(
  options: ReliabilityOptions,
  results: readonly TownFigured[],
): Promise<void> {
  const { users, messages, days, pace } = options.size;
  const asked = `--users ${users} --messages ${messages} --days ${days} --pace ${pace} --towns ${options.towns}`;
  const { platform, arch, version } = process;
  const machine = `Node ${version}, ${platform} ${arch}, ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`;
  const towns = results.map(({ figures, violations }) => asTable(['', ''], rowsOf(figures, violations)));
  await replace('towns', [`\`npm run reliability -- ${asked} --write\` on ${machine}`, ...towns]);
}

/** Runs the suites of kills and faults, and puts their figures into the page. */
export async function writeSuites(): Promise<void> {
  const suites = (await runSuites()).map(({ file, about, passed, failed, counts }) => {
    const counted = Object.entries(counts).map(([name, value]) => `${value.toLocaleString('en-US')} ${name}`);
    return [`\`${file}\``, about, String(passed), String(failed), counted.join(', ')];
  });
  await replace('suites', [asTable(['Tests', 'What happens', 'passed', 'failed', 'counted'], suites)]);
}

function asTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

async function replace(section: string, paragraphs: readonly string[]): Promise<void> {
  const begin = `<!-- ${section}: begin -->`;
  const end = `<!-- ${section}: end -->`;
  const page = await readFile(PAGE, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/RELIABILITY.md has no place for "${section}".`);
  const body = paragraphs.join('\n\n');
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n\n${body}\n\n${page.slice(to)}`);
  await run(tool('prettier'), ['--write', '--log-level', 'warn', PAGE]);
}
