import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';

const NODES = path.join(ROOT, 'nodes');

describe('A module for the browser', () => {
  it('is imported by its whole name: a browser adds no ending, and the editor would wait for it for ever', () => {
    const wrong: string[] = [];
    assert.ok(files().length > 40);
    for (const file of files()) {
      const code = readFileSync(path.join(NODES, file), 'utf8');
      const imports = [...code.matchAll(/^(?:import|export)\b(?! type)[^;]*?from '(\.[^']*)';/gms)];
      wrong.push(...imports.map(([, from = '']) => from).filter((from) => !from.endsWith('.js')));
    }
    assert.deepEqual(wrong, []);
  });
});

/** All of nodes/editor, and what else is for browsers, too: the migrations of settings, and how faults are said. */
function files(): string[] {
  return readdirSync(NODES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^editor\/.*(?<!\.d)\.ts$|(^|\/)(migrations|migrate|said)\.ts$/.test(name),
  );
}
