import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { anchorsOf, PAGES, readPage, type Page } from './support/pages';

/** Written in two parts: this file must not name it either. */
const FOREIGN = ['SPEC', 'md'].join('.');
const CITATION = /docs\/SPECIFICATION\.md#([\w-]*)/g;

/** Every text of the repository that a person wrote. */
const TEXTS: readonly Page[] = [
  ...PAGES,
  ...['bench', 'examples', 'lib', 'nodes', 'scripts', 'test'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|js|sh|html|json)$/.test(name))
      .map((name) => path.posix.join(folder, name))
      .map((file) => ({ path: file, text: readFileSync(path.join(ROOT, file), 'utf8') })),
  ),
];

describe('Citations of the specification', () => {
  it('name no file that is not in the repository', () => {
    const guilty = TEXTS.filter(({ text }) =>
      new RegExp(`(?<!\\w)${FOREIGN.replace('.', '\\.')}`).test(text),
    );
    assert.deepEqual(
      guilty.map((text) => text.path),
      [],
    );
  });

  it('lead to sections of docs/SPECIFICATION.md that exist', () => {
    const sections = anchorsOf(readPage('docs/SPECIFICATION.md'));
    const cited = TEXTS.flatMap(({ path: file, text }) =>
      [...text.matchAll(CITATION)].map(([, anchor = '']) => ({ file, anchor })),
    );
    assert.ok(cited.some(({ file }) => file.startsWith('lib/')));
    assert.deepEqual(
      cited.filter(({ anchor }) => !sections.has(anchor)),
      [],
    );
  });
});
