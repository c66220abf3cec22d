import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';

describe('A module for the browser', () => {
  it('is imported by its whole name: a browser adds no ending, and the editor would wait for it for ever', () => {
    const wrong: string[] = [];
    for (const folder of ['dialogs', 'editor', 'nodes']) {
      for (const file of filesOf(folder)) {
        const code = readFileSync(file, 'utf8');
        const imports = [...code.matchAll(/^(?:import|export)\b(?! type)[^;]*?from '(\.[^']*)';/gms)];
        wrong.push(...imports.map(([, from = '']) => from).filter((from) => !from.endsWith('.js')));
      }
    }
    assert.deepEqual(wrong, []);
  });
});

/** Of nodes/, only the migrations of settings are for browsers, too. */
function filesOf(folder: string): string[] {
  const isForBrowsers = folder === 'nodes' ? /(^|\/)(migrations|migrate)\.ts$/ : /(?<!\.d)\.ts$/;
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => isForBrowsers.test(name))
    .map((name) => path.join(ROOT, folder, name));
}
