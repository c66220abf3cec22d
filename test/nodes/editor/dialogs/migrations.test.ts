import assert from 'node:assert/strict';
import path from 'node:path';
import type { Forms } from '../../../../nodes/runtime/settings/migrate';
import { ROOT } from '../../../../scripts/support/project';
import { inBrowser, jQueryOf } from '../../support/browser-globals';

type MigrateNode = (node: object, forms?: Forms) => void;

/** Takes nodes into the editor, and tells what it says to the user. */
function take(nodes: readonly object[], forms?: Forms): string[] {
  const said: string[] = [];
  const run = () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { migrateNode } = require(path.join(ROOT, 'nodes/editor/dialogs/migrations.ts')) as {
      readonly migrateNode: MigrateNode;
    };
    for (const node of nodes) migrateNode(node, forms);
  };
  inBrowser(jQueryOf(), run, new Map(), said);
  return said;
}

describe('A node that the editor loads', () => {
  it('has its settings in the newest form', () => {
    const node = { id: 'a', type: 'receive-async', version: 1, friend: 'Ann' };
    assert.deepEqual(take([node]), []);
    assert.deepEqual(node, {
      ...node,
      version: 2,
      friend: 'Ann',
      sessions: 'this',
      topic: '',
      format: 'auto',
    });
  });

  it('loses the old names of its settings, and the user hears of each once', () => {
    const forms: Forms = { steps: [], renamed: { ttl: 'expires' } };
    const nodes = ['a', 'b'].map((id) => ({ id, type: 'send-async', ttl: '60' }));
    const said = take(nodes, forms);
    assert.deepEqual(nodes, [
      { id: 'a', type: 'send-async', expires: '60' },
      { id: 'b', type: 'send-async', expires: '60' },
    ]);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /storage-node\.renamed ttl send-async expires$/);
  });
});
