import assert from 'node:assert/strict';
import { ERROR_CODES } from '../../lib/errors';
import { readPage } from './support/pages';

const HEADING = '## Queue reasons, outcomes and errors\n';

/** The codes of errors that a text names. */
function codesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`(Err\w+)`/g)].map(([, code = '']) => code));
}

describe('The errors in docs/PROTOCOL.md', () => {
  const [, rest = ''] = readPage('docs/PROTOCOL.md').text.split(HEADING);
  const [section = ''] = rest.split('\n## ');
  const documented = codesIn(section);

  it('are all that the library knows', () => {
    assert.deepEqual(
      Object.keys(ERROR_CODES).filter((code) => !documented.has(code)),
      [],
    );
  });

  it('exist', () => {
    const known = new Set<string>(Object.keys(ERROR_CODES));
    assert.deepEqual(
      [...documented].filter((code) => !known.has(code)),
      [],
    );
  });
});
