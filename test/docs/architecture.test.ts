import assert from 'node:assert/strict';
import { LEVELS } from '../lint/support/rules';
import { readPage } from './support/pages';

const page = readPage('docs/ARCHITECTURE.md').text;

/** The text below a heading, up to the next one of the same rank. */
function section(heading: string): string {
  const [, text] = page.split(`\n## ${heading}\n`);
  assert.ok(text !== undefined, `no section '${heading}'`);
  return text.split('\n## ')[0] ?? '';
}

describe('docs/ARCHITECTURE.md', () => {
  it('has the levels of the lint rule, from the bottom up', () => {
    const rows = section('Levels').matchAll(/^\| (`.*?`) +\|/gm);
    const levels = [...rows].map(([, members = '']) => members.replaceAll('`', '').split(', '));
    assert.deepEqual(levels, LEVELS);
  });

  for (const walk of ['A message that is sent', 'A message that is received']) {
    it(`names a file in each step of "${walk}", and numbers the steps`, () => {
      const steps = section(walk)
        .split(/^(?=\d+\. )/m)
        .slice(1);
      assert.ok(steps.length >= 10);
      steps.forEach((step, i) => {
        assert.ok(step.startsWith(`${i + 1}. `), step);
        assert.match(step, /`(lib|nodes)\/[\w/.-]+\.ts`/, step);
      });
    });
  }

  it('lists the glossary by the alphabet, each word once', () => {
    const words = [...section('Glossary').matchAll(/^\| ([a-z].*?) +\|/gm)].map(([, word = '']) => word);
    assert.ok(words.length > 20);
    assert.deepEqual(
      words,
      [...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')),
    );
  });
});
