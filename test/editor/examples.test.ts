import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { inEachEditor } from './support/stage';

const EXAMPLES = readdirSync(path.join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

inEachEditor('Each example', (stage) => {
  for (const name of EXAMPLES) {
    it(`${name} is imported, deployed, and not changed by its dialogs`, async () => {
      const editor = await stage().open();
      await editor.importExample(name);
      await editor.deploy();
      const nodes = async () => (await editor.flows()).map(settingsOf);
      const before = await nodes();
      for (const { id, type } of before.filter(isOurs)) {
        const dialog = await editor.edit(String(id));
        await dialog.done();
        assert.deepEqual(await nodes(), before, `${String(type)} ${String(id)}`);
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

/** What is set: a blank field and one that the example does not have mean the same. */
function settingsOf({ credentials: _none, ...node }: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined && value !== ''));
}
