import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { anchorsOf, PAGES, readPage, withoutCode, type Page } from './support/pages';

/** A path that begins in one of our folders, with the blanks (`<node>`, `*`) that some have. */
const PATH = /(?<![\w/.-])(?:bench|bin|docs|examples|icons|lib|nodes|scripts|test)\/[\w./<>*-]+/g;

/** Files and folders of this repository that a text names, such as `lib/store/store.ts`; not those with blanks. */
function namedIn(text: string): string[] {
  return [...text.matchAll(PATH)]
    .map(([name]) => name.replace(/[./]+$/, ''))
    .filter((name) => !/[<*]/.test(name));
}

/** What is wrong with the links of a page that lead to other files of the repository or to its own headings. */
function brokenLinks(page: Page): string[] {
  const links = [...withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((link) => !/^[a-z]+:/.test(link)).filter((link) => !leadsSomewhere(page, link));
}

function leadsSomewhere(page: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page.path : path.posix.join(path.posix.dirname(page.path), file);
  if (!existsSync(path.join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(readPage(target)).has(anchor);
}

describe('The pages', () => {
  for (const page of PAGES) {
    it(`${page.path} names only files that exist`, () => {
      assert.deepEqual(
        namedIn(page.text).filter((name) => !existsSync(path.join(ROOT, name))),
        [],
      );
    });

    it(`${page.path} has no link that leads nowhere`, () => {
      assert.deepEqual(brokenLinks(page), []);
    });
  }

  it('of docs/ are all linked in README', () => {
    const { text } = readPage('README.md');
    const pages = PAGES.filter(({ path: file }) => /^docs\/[A-Z]+\.md$/.test(file));
    assert.ok(pages.length > 10);
    assert.deepEqual(
      pages.filter(({ path: file }) => !text.includes(`](${file})`)).map(({ path: file }) => file),
      [],
    );
  });

  it('of the decisions have the status that their index says', () => {
    const rows = [...readPage('docs/decisions/README.md').text.matchAll(/\(([\w-]+\.md)\) +\| (.+?) +\|$/gm)];
    const records = PAGES.filter(({ path: file }) => /^docs\/decisions\/\d/.test(file));
    assert.equal(rows.length, records.length);
    for (const [, file = '', status = ''] of rows) {
      const { text } = readPage(`docs/decisions/${file}`);
      assert.ok(text.includes(`\nStatus: ${status}.`), `${file}: ${status}`);
    }
  });

  it('are seen with the files they name, in prose, tables and code', () => {
    const text = 'see `lib/store/store.ts` | test/docs |\n`npx mocha test/lib/x.test.ts` nodes/<node>.ts';
    assert.deepEqual(namedIn(text), ['lib/store/store.ts', 'test/docs', 'test/lib/x.test.ts']);
  });

  it('are seen with links to files and headings that do not exist', () => {
    const page = {
      path: 'docs/x.md',
      text: '[a](PROTOCOL.md#codes) [b](PROTOCOL.md#cods) [c](no.md) [d](#x)\n# X',
    };
    assert.deepEqual(brokenLinks(page), ['PROTOCOL.md#cods', 'no.md', '#x']);
  });
});
