import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { badges, StatusBadge, type Badge } from '../../../nodes/runtime/status-badge';
import { MANIFEST, ROOT } from '../../../scripts/support/project';
import { wordsIn } from '../support/words';

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

describe('A status with numbers', () => {
  const told = async (language: string, badge: Badge): Promise<string> => {
    const words = await wordsIn(language);
    const texts: string[] = [];
    const node = {
      status: (shown: { readonly text?: string } | string) =>
        texts.push(typeof shown === 'string' ? shown : (shown.text ?? '')),
    };
    new StatusBadge(words, node).show(badge);
    return texts.join();
  };
  const all: [Badge, string][] = [
    [badges.online(3, 5), 'online 3/5'],
    [badges.unfinished(1, 0), '1 wartet'],
    [badges.unfinished(2, 1), '2 warten, 1 lagert'],
    [badges.unfinished(0, 12), '12 lagern'],
    [badges.unfinished(1000, 1000), '1000 warten'],
    [badges.waiting(1000), '1000 im Eingang'],
    [badges.keys(1), '1 Schlüssel'],
    [badges.keys(1000), '1000 Schlüssel'],
    [badges.error(new Error('x')), 'Fehler: Error'],
  ];

  it('is in the language of the runtime, and as short', async () => {
    for (const [badge, german] of all) {
      assert.equal(await told('en-US', badge), badge.text);
      assert.equal(await told('de', badge), german);
      assert.ok(german.length < 20 && badge.text.length < 20);
    }
  });
});
