import assert from 'node:assert/strict';
import { FINDING_CONTEXTS, findingText } from '../../../lib/manager/diagnosis/finding-texts';
import { findingWords } from '../../../nodes/runtime/finding-words';
import { wordsIn, WITHOUT_CATALOGS } from '../support/words';

const PARAMS = {
  friend: 'Phone',
  keys: 5,
  problem: 'The disk that holds the data directory is full. Free some space, then try again.',
  time: '1970-01-01T00:00:00Z',
  refusal: 'node-full',
  days: 31,
  toxId: 'ABCD',
  reason: 'no-prekeys',
};

/** Each form of each text: by context, of one and of many. */
const FINDINGS = [...FINDING_CONTEXTS].flatMap(([code, contexts]) =>
  contexts.flatMap((context) =>
    [1, 2].map((count) => {
      const params = { ...PARAMS, count, ...(context !== '' && { context }) };
      return { code, params, text: findingText(code, params) };
    }),
  ),
);

describe('The text of a finding', () => {
  it('has no blank left, in any of its forms', () => {
    assert.ok(FINDINGS.length > 40);
    for (const { code, text } of FINDINGS) assert.match(text, /^[^{}|]{10,}$/, code);
  });

  it('is the same from an English runtime', async () => {
    const words = await wordsIn('en-US');
    for (const finding of FINDINGS) assert.equal(findingWords(words, finding), finding.text);
  });

  it('is German from a German runtime, with the same names and numbers', async () => {
    const words = await wordsIn('de');
    for (const finding of FINDINGS) {
      const text = findingWords(words, finding);
      assert.notEqual(text, finding.text);
      assert.doesNotMatch(text, /__/, finding.code);
      assert.ok(!text.includes(PARAMS.problem), `${finding.code}: a problem in English`);
      const { problem: _said, ...names } = finding.params;
      for (const value of Object.values(names).map(String))
        assert.equal(text.includes(value), finding.text.includes(value), `${finding.code}: ${value}`);
    }
  });

  it('is English where there is no catalog', () => {
    for (const finding of FINDINGS) assert.equal(findingWords(WITHOUT_CATALOGS, finding), finding.text);
  });
});
