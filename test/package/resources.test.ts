import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, ROOT } from '../../scripts/support/project';

const RESOURCES = path.join(ROOT, 'resources');
const NODES = path.join(ROOT, 'dist/nodes');

/** The editor waits for each script of a node for ever: one that is not there keeps it from opening at all. */
describe('What the editor loads', () => {
  const filesIn = (folder: string, ending: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));

  it('is there: each script and each style that a node or the sidebar names', () => {
    const named = filesIn(NODES, '.html').flatMap((file) => {
      const html = readFileSync(path.join(NODES, file), 'utf8');
      return [...html.matchAll(/(?:src|href)="resources\/([^"]+)"/g)].map(([, name = '']) => name);
    });
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !existsSync(path.join(RESOURCES, path.relative(MANIFEST.name, name)))),
      [],
    );
  });

  it('is there: each module that another one imports, by its whole name', () => {
    const modules = filesIn(RESOURCES, '.js');
    assert.ok(modules.length > 30);
    const missing = modules.flatMap((file) => {
      const source = readFileSync(path.join(RESOURCES, file), 'utf8');
      const statements = [...source.matchAll(/^import (?:[^'"\n]* from )?'([^'\n]+)';$/gm)];
      assert.equal(statements.length, source.match(/^import /gm)?.length ?? 0, file);
      const others = source.matchAll(/^export [^'"\n]* from '([^'\n]+)';$|\bimport\(['"]([^'"]+)['"]/gm);
      const imports = [...statements, ...others].map(([, name, called]) => name ?? called ?? '');
      return imports
        .filter((name) => !existsSync(path.join(RESOURCES, path.dirname(file), name)))
        .map((name) => `${name} in ${file}`);
    });
    assert.deepEqual(missing, []);
  });
});
