import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { badges } from '../../../nodes/runtime/status-badge';
import { MANIFEST, ROOT } from '../../../scripts/support/project';

/** Texts that stand for themselves; the editor looks a status up in the catalog of its node, under its English text. */
const TEXTS = Object.values(badges).flatMap((badge) => (typeof badge === 'function' ? [] : [badge.text]));

describe('A status of a node', () => {
  for (const type of Object.keys(MANIFEST['node-red'].nodes)) {
    it(`is shown in the language of the editor: ${type}`, () => {
      assert.ok(TEXTS.length > 2);
      for (const language of ['en-US', 'de']) {
        const file = path.join(ROOT, 'nodes/locales', language, `${type}.json`);
        const catalog = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
        for (const text of TEXTS) {
          assert.equal(typeof catalog[text], 'string', `${language}: ${text}`);
          if (language === 'en-US') assert.equal(catalog[text], text);
        }
      }
    });
  }
});
