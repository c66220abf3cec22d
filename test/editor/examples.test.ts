import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { NODES } from './support/alert';
import type { Editor } from './support/editor';
import { leftEnds } from './support/layout';
import { inOneEditor } from './support/stage';

type Entry = Readonly<Record<string, unknown>>;

const EXAMPLES = readdirSync(path.join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

/** With FULL=1 each example runs while its dialogs are open, and all of them are opened. */
const FULL = process.env.FULL === '1';

inOneEditor('The examples', (stage) => {
  /** The one editor that gets them all. */
  let editor: Editor;
  const tried = new Set<string>();

  before(async () => {
    editor = await stage().open([]);
  });

  for (const name of EXAMPLES) {
    it(`${name} is imported, and not changed by its dialogs`, async () => {
      await editor.importExample(name);
      if (FULL) await editor.deploy();
      const before = await editor.settings();
      const there = new Set(before.map(({ id }) => id));
      for (const { id } of entriesOf(name)) assert.ok(there.has(id), String(id));
      // As wide as the editor draws them, their left ends are in line.
      for (const { id, left } of await leftEnds(editor.page))
        assert.equal(left % 20, 0, `${id} begins at ${left}`);
      for (const entry of entriesOf(name).filter(isOurs)) {
        // A dialog like one that was opened before differs in its name alone.
        if (!FULL && tried.has(settingsOf(entry))) continue;
        tried.add(settingsOf(entry));
        const dialog = await editor.edit(String(entry.id));
        await dialog.done();
        assert.deepEqual(await editor.settings(), before, `${String(entry.type)} ${String(entry.id)}`);
      }
      assert.deepEqual(editor.takeComplaints(), []);
    });
  }

  it('are deployed, all of them', async () => {
    await editor.deploy();
    for (const { id, type } of EXAMPLES.flatMap(entriesOf)) {
      if (type === 'tox-transport') await editor.anyBadge(String(id));
    }
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('are imported a second time with sessions of their own', async () => {
    editor = await stage().open([]);
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
});

function entriesOf(name: string): Entry[] {
  return JSON.parse(readFileSync(path.join(ROOT, 'examples', `${name}.json`), 'utf8')) as Entry[];
}

function isOurs({ type }: Entry): boolean {
  return Object.keys(NODES).includes(String(type));
}

/** All that its dialog shows, but for what is called otherwise in each example. */
function settingsOf({
  id: _id,
  x: _x,
  y: _y,
  z: _z,
  wires: _wires,
  name: _name,
  storageNode: _session,
  ...rest
}: Entry) {
  return JSON.stringify(rest);
}
