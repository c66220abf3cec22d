import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';

/** A Markdown page: its path from the repository's root, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page that is written for people: in the root, in docs/, beside the examples and in .github/. */
export const PAGES: readonly Page[] = ['.', 'docs', 'examples', '.github'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => readPage(path.posix.join(folder, name))),
);

export function readPage(file: string): Page {
  return { path: file, text: readFileSync(path.join(ROOT, file), 'utf8') };
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The text without its fenced blocks. */
export function withoutCode(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```/gm, '');
}
