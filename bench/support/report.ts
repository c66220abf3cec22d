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
  /** Another page of docs/ that has a place for it, by the page's name in small letters. */
  readonly alsoIn?: string;
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
  const name = part === undefined ? bench : `${bench}/${part}`;
  const made = `\`npm run bench -- ${name}${full ? ' --full' : ''} --write\` on ${machine()}`;
  const written = (report: Report) => asMarkdown({ ...report, about: `${report.about}\n\n${made}` });
  await writePlace(PAGE, bench, (section) => {
    const tables = new Map(part === undefined ? [] : tablesIn(section));
    for (const report of reports) tables.set(report.title, written(report));
    return [...tables.values()].join('\n\n');
  });
  for (const report of reports) {
    if (report.alsoIn === undefined) continue;
    const page = path.resolve(`docs/${report.alsoIn.toUpperCase()}.md`);
    await writePlace(page, report.alsoIn, () => written(report));
  }
}

async function writePlace(file: string, name: string, write: (section: string) => string): Promise<void> {
  const begin = `<!-- ${name}: begin -->`;
  const page = await readFile(file, 'utf8');
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(`<!-- ${name}: end -->`);
  if (from < begin.length || to < from) throw new Error(`${file} has no place for "${name}"`);
  await writeFile(file, `${page.slice(0, from)}\n\n${write(page.slice(from, to))}\n\n${page.slice(to)}`);
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
