import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Editor } from './support/editor';
import { inEachEditor } from './support/stage';

const session = (id: string, name: string, more = {}) => ({
  id,
  type: 'storage-node',
  name,
  friends: [],
  ...more,
});
const onTab = (type: string, id: string, storageNode: string, more = {}) => ({
  id,
  type,
  z: 'tab',
  x: 200,
  y: 100,
  storageNode,
  wires: [[], []],
  ...more,
});

/** Two sessions on a virtual network, one that is alone on its own, and a sender. */
const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  session('s1', 'Home alarm'),
  session('s2', 'Laptop', { version: 1, role: 'friends', cap: 64, engine: 'auto' }),
  session('s3', 'Hermit'),
  onTab('tox-transport', 't1', 's1', { version: 1, mode: 'virtual', network: 'n', proxy: '${PROXY}' }),
  onTab('tox-transport', 't2', 's2', { version: 1, mode: 'virtual', network: 'n' }),
  onTab('tox-transport', 't3', 's3', { version: 1, mode: 'virtual', network: 'alone' }),
  onTab('send-async', 'a1', 's1', { version: 1, friend: '', expires: '3600', topic: '${TOPIC}' }),
  onTab('receive-async', 'r1', 's2', { version: 1, friend: '', via: 'any', acknowledge: 'send' }),
];

inEachEditor('A dialog', (stage) => {
  const settings = async (editor: Editor, id: string) =>
    (await editor.flows()).find((node) => node.id === id) ?? assert.fail(`no node ${id}`);

  for (const language of ['en-US', 'de'] as const) {
    it(`of a session has tabs, and says why a friend is none (${language})`, async () => {
      const editor = await stage().share(FLOW, { language });
      const dialog = await editor.edit('s1');
      await dialog.tray
        .locator('#tox-async-tox-id')
        .getByText(/^[0-9A-F]{38}/)
        .waitFor();
      const tabs = dialog.tray.locator('#tox-async-tabs li a');
      assert.equal(await tabs.count(), 4);
      await dialog.showTab(1);
      await dialog.tray.locator('.red-ui-editableList-addButton').click();
      await dialog.tray.locator('.tox-async-friend-key').fill('abc');
      await dialog.tray.locator('.tox-async-row .tox-async-hint').waitFor();
      for (const label of await dialog.tray.locator('.form-row > label:visible').all()) {
        const { height = 0 } = (await label.boundingBox()) ?? {};
        assert.ok(height < 40, `${await label.innerText()} takes one line`);
      }
      const { width = 0 } = (await dialog.tray.boundingBox()) ?? {};
      assert.ok(width < 700, `the dialog is ${width} pixels wide`);
      await dialog.cancel();
      assert.deepEqual(editor.takeComplaints(), []);
    });
  }

  it('chooses a friend of the running session, and says what is wrong with a key while it is typed', async () => {
    const editor = await stage().share(FLOW);
    const dialog = await editor.edit('a1');
    const field = dialog.tray.locator('#node-input-friend + .red-ui-typedInput-container input');
    const hint = dialog.tray.locator('#node-input-friend-hint');
    await field.click();
    await editor.page.locator('.tox-async-friend', { hasText: 'Laptop' }).click();
    await hint.getByText('online').waitFor();
    await field.fill('A'.repeat(62));
    await hint.getByText('It has 62 digits; a Tox ID has 76, a public key 64.').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.fill('Laptop');
    await hint.getByText('online').waitFor();
    await dialog.done();
    stage().forget();
    assert.equal((await settings(editor, 'a1')).friend, 'Laptop');
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('says how the chosen session does, and counts its friends where it has any', async () => {
    const editor = await stage().share(FLOW);
    const social = await editor.edit('t1');
    await social
      .hint('storageNode')
      .getByText('Online · 1 of 1 friends are there', { exact: true })
      .waitFor();
    await social.cancel();
    const alone = await editor.edit('t3');
    await alone.hint('storageNode').getByText('Online', { exact: true }).waitFor();
    await alone.cancel();
  });

  it('erases the data of a session behind its name, and says what it left', async () => {
    const editor = await stage().open(FLOW);
    const { page } = editor;
    const dialog = await editor.edit('s3');
    await dialog.showTab(3);
    const folder = await dialog.tray.locator('#tox-async-folder .tox-async-mono').innerText();
    await writeFile(path.join(folder, 'notes.txt'), 'not ours');
    await dialog.tray.locator('#tox-async-erase').click();
    await page.getByLabel('Type the name: Hermit').fill('Hermit');
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    const notice = page.locator('.red-ui-notification', { hasText: 'These files were left' });
    await notice.getByText('notes.txt').waitFor();
    assert.deepEqual(await readdir(folder), ['notes.txt']);
    await notice.getByRole('button', { name: 'Close' }).click();
    await dialog.cancel();
    stage().forget();
    assert.deepEqual(editor.takeComplaints(), []);
  });
});
