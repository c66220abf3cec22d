import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import type { BenchOptions } from './bench-options';

/** One table of results, as it is printed and as it stands in docs/BENCHMARKS.md. */
export interface Report {
  readonly title: string;
  /** What is compared with what, in a sentence or two. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Benchmarks run in the project's folder, compiled ones too. */
const PAGE = path.resolve('docs/BENCHMARKS.md');

export function asMarkdown({ title, about, columns, rows }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
  return [`### ${title}`, '', about, '', ...table].join('\n');
}

export function machine(): string {
  const { platform, arch, version } = process;
  return `Node ${version}, ${platform} ${arch}, ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`;
}

/** Replaces the section of one bench in docs/BENCHMARKS.md; with a part, only the tables that were made. */
export async function writeSection(
  bench: string,
  { full, part }: BenchOptions,
  reports: readonly Report[],
): Promise<void> {
  const begin = `<!-- ${bench}: begin -->`;
  const end = `<!-- ${bench}: end -->`;
  const page = await readFile(PAGE, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/BENCHMARKS.md has no place for "${bench}"`);
  const name = part === undefined ? bench : `${bench}/${part}`;
  const made = `\`npm run bench -- ${name}${full ? ' --full' : ''} --write\` on ${machine()}`;
  const tables = new Map(part === undefined ? [] : tablesIn(page.slice(from + begin.length, to)));
  for (const report of reports)
    tables.set(report.title, asMarkdown({ ...report, about: `${report.about}\n\n${made}` }));
  const body = [...tables.values()].join('\n\n');
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n\n${body}\n\n${page.slice(to)}`);
}

/** The tables of a section by their titles. */
function tablesIn(section: string): [string, string][] {
  return section
    .split(/^(?=### )/m)
    .filter((table) => table.startsWith('### '))
    .map((table) => [table.slice(4, table.indexOf('\n')), table.trim()]);
}

/** 12,345 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 0.73 */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** 1.50 ms */
export function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}
