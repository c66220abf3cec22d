import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { PAGES, withoutCode } from './support/pages';

const CATALOGS = path.join(ROOT, 'nodes/locales/en-US');
/** Words of Node-RED's own editor. */
const EDITOR = ['View', 'Tox', 'Import', 'Examples', 'Manage palette', 'Install'];
/** Pages for people who use the nodes. */
const USERS = /^(README|docs\/(WIRING|FLEET|POSTGRESQL|COMMAND|SECURITY|guides\/[\w-]+))\.md$/;

/** Every text that the editor shows, in lower case. */
function shownTexts(): string[] {
  const texts: string[] = [];
  const collect = (value: unknown) => {
    if (typeof value === 'string') texts.push(value.toLowerCase());
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const name of readdirSync(CATALOGS).filter((each) => each.endsWith('.json'))) {
    collect(JSON.parse(readFileSync(path.join(CATALOGS, name), 'utf8')));
  }
  return [...texts, ...EDITOR.map((word) => word.toLowerCase())];
}

/** What a page calls a label: in italics from a capital on, or in bold with an arrow; parts of a way one by one. */
function labelsIn(text: string): string[] {
  const prose = withoutCode(text).replace(/\s+/g, ' ');
  const italic = [...prose.matchAll(/(?<![\w`])_([A-Z][^_`]{1,70})_(?!\w)/g)];
  const bold = [...prose.matchAll(/\*\*([A-Z][^*`.]{1,80} → [^*`]{2,60})\*\*/g)];
  return [...italic, ...bold].flatMap(([, way = '']) => way.split(/ → |: /));
}

describe('The labels that pages name', () => {
  const shown = shownTexts();

  for (const { path: file, text } of PAGES.filter((page) => USERS.test(page.path))) {
    const labels = labelsIn(text).filter((label) => !/^\d\d-|^node-red-contrib/.test(label));
    if (labels.length === 0) continue;
    it(`are in the editor as ${file} has them`, () => {
      const missing = labels.filter((label) => !shown.some((each) => each.startsWith(label.toLowerCase())));
      assert.deepEqual(missing, []);
    });
  }
});

describe('The numbered buttons that pages name', () => {
  const examples = path.join(ROOT, 'examples');
  const buttons = readdirSync(examples)
    .filter((name) => name.endsWith('.json'))
    .flatMap(
      (name) => JSON.parse(readFileSync(path.join(examples, name), 'utf8')) as Record<string, unknown>[],
    )
    .filter(({ type }) => type === 'inject')
    .map(({ name }) => String(name).replace(/\s+/g, ' '));

  it('are in the examples', () => {
    const named = PAGES.flatMap(({ text }) =>
      [...text.replace(/\s+/g, ' ').matchAll(/\*\*(\d [A-Z][^*]+)\*\*/g)].map(([, name = '']) => name),
    );
    assert.ok(named.length >= 6, named.join());
    assert.deepEqual(
      named.filter((name) => !buttons.some((button) => button.startsWith(name))),
      [],
    );
  });
});
