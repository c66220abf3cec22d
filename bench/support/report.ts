import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';

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

/** Replaces the part of docs/BENCHMARKS.md that belongs to one bench. */
export async function writeSection(bench: string, full: boolean, reports: readonly Report[]): Promise<void> {
  const begin = `<!-- ${bench}: begin -->`;
  const end = `<!-- ${bench}: end -->`;
  const body = [
    `\`npm run bench -- ${bench}${full ? ' --full' : ''} --write\` on ${machine()}`,
    ...reports.map((report) => asMarkdown(report)),
  ].join('\n\n');
  const page = await readFile(PAGE, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/BENCHMARKS.md has no place for "${bench}"`);
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n\n${body}\n\n${page.slice(to)}`);
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
