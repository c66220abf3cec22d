import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const NODES = path.join(__dirname, '../../nodes');

describe('The nodes at run time', () => {
  it('use the runtime that runs them: no module of Node-RED is loaded, only its types are imported', () => {
    const files = readdirSync(NODES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    assert.ok(files.length > 20);
    for (const file of files) {
      const source = readFileSync(path.join(NODES, file), 'utf8');
      for (const [statement] of source.matchAll(/^.*['"](?:node-red|@node-red\/[^'"]*)['"].*$/gm)) {
        assert.match(statement, /^import type /, file);
      }
    }
  });
});
