import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { inOneEditor } from './support/stage';

const EXAMPLES = readdirSync(path.join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

inOneEditor('Each example', (stage) => {
  it('is imported a second time with sessions of its own', async () => {
    const editor = await stage().open();
    await editor.importExample('01-offline-alert');
    await editor.importExample('01-offline-alert');
    await editor.deploy();
    const nodes = await editor.flows();
    const sessions = nodes.filter(({ type }) => type === 'storage-node');
    assert.equal(sessions.length, 6);
    const used = nodes.filter(({ type }) => type === 'tox-transport');
    assert.equal(new Set(used.map(({ storageNode }) => storageNode)).size, 6);
    for (const { id, z, storageNode } of used) {
      assert.equal(sessions.find((session) => session.id === storageNode)?.z, z, String(id));
    }
    for (const { id } of used) await editor.badge(String(id), 'online 2/2');
    assert.deepEqual(editor.takeComplaints(), []);
  });

  for (const name of EXAMPLES) {
    it(`${name} is imported, deployed, and not changed by its dialogs`, async () => {
      const editor = await stage().open();
      await editor.importExample(name);
      await editor.deploy();
      const before = await editor.settings();
      for (const { id, type } of before.filter(isOurs)) {
        const dialog = await editor.edit(String(id));
        await dialog.done();
        assert.deepEqual(await editor.settings(), before, `${String(type)} ${String(id)}`);
      }
      assert.deepEqual(editor.takeComplaints(), []);
    });
  }
});

function isOurs({ type }: Record<string, unknown>): boolean {
  return ['storage-node', 'tox-transport', 'send-async', 'receive-async', 'prekey-exchange'].includes(
    String(type),
  );
}
