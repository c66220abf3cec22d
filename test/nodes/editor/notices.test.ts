import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';

/** The editor takes a text for HTML, and names that strangers chose would be obeyed in it. */
const ELEMENT = /^(h\(|\$\(|content\b|paragraph\b)/;

describe('Notices in the editor', () => {
  it('are elements, never texts', () => {
    const folder = path.join(ROOT, 'nodes/editor');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const shown = files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('RED.notify(').slice(1));
    assert.ok(shown.length >= 8, `${shown.length}`);
    assert.deepEqual(
      shown.map((call) => call.trimStart().slice(0, 40)).filter((call) => !ELEMENT.test(call)),
      [],
    );
  });
});
