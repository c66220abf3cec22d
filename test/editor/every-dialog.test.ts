import assert from 'node:assert/strict';
import { ALERT, NODES } from './support/alert';
import type { Dialog } from './support/dialog';
import type { Editor, EditorOptions } from './support/editor';
import { overflowing } from './support/layout';
import { inOneEditor } from './support/stage';

/** A Tox ID and the same with one wrong digit. */
const TOX_ID = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39218F515C39A6';
const WRONG_ID = TOX_ID.replace(/^7/, '8');
const TABS = 4;

inOneEditor('All dialogs', (stage) => {
  const share = (options?: EditorOptions) => stage().share(ALERT, options);

  /** Calls back for each dialog, and for each tab of the one that has tabs. */
  const eachView = async (editor: Editor, look: (dialog: Dialog, view: string) => Promise<void>) => {
    for (const [type, id] of Object.entries(NODES)) {
      const dialog = await editor.edit(id);
      if (type === 'storage-node') {
        for (let tab = 0; tab < TABS; tab += 1) {
          await dialog.showTab(tab);
          await look(dialog, `${type}, tab ${tab}`);
        }
      } else await look(dialog, type);
      await dialog.cancel();
    }
  };

  const inLanguage = (language: 'en-US' | 'de') => {
    it(`change nothing when they are closed unchanged (${language})`, async () => {
      const editor = await share({ language });
      const before = await editor.settings();
      for (const [type, id] of Object.entries(NODES)) {
        await (await editor.edit(id)).done();
        assert.deepEqual(await editor.settings(), before, type);
      }
      assert.equal(await editor.page.evaluate(() => window.RED?.nodes.dirty()), false);
      assert.deepEqual(editor.takeComplaints(), []);
    });

    it(`cut no label, and need no scrolling sideways (${language})`, async () => {
      const editor = await share({ language });
      await eachView(editor, async ({ tray }, view) => assert.deepEqual(await overflowing(tray), [], view));
    });

    it(`have help that needs no scrolling sideways (${language})`, async () => {
      const editor = await share({ language });
      const { page } = editor;
      for (const type of Object.keys(NODES)) {
        await page.evaluate((type) => window.RED?.sidebar.help.show(type), type);
        const help = page.locator('.red-ui-help:visible');
        await help.getByRole('heading').first().waitFor();
        const wide = await help.evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
        assert.ok(Math.max(...wide) <= 0, `${type}: ${wide.join(', ')} pixels too wide`);
      }
    });
  };

  inLanguage('en-US');

  it('say in words that a digit of a Tox ID is wrong', async () => {
    const editor = await share();
    for (const type of ['send-async', 'receive-async', 'prekey-exchange'] as const) {
      const dialog = await editor.edit(NODES[type]);
      const [input, hint] = [dialog.input('friend'), dialog.hint('friend')];
      await input.fill(WRONG_ID);
      await hint.getByText('A digit is wrong: the checksum does not match.').waitFor();
      assert.equal(await input.getAttribute('aria-invalid'), 'true', type);
      assert.equal(await input.getAttribute('aria-describedby'), await hint.getAttribute('id'), type);
      await input.fill(TOX_ID);
      await hint.getByText('Device has no friend of this name.').or(hint.getByText('Phone has no')).waitFor();
      assert.equal(await input.getAttribute('aria-invalid'), 'false', type);
      await dialog.cancel();
    }
  });

  it('say in words that a virtual network has no name', async () => {
    const dialog = await (await share()).edit(NODES['tox-transport']);
    await dialog.field('network').fill('');
    await dialog.hint('network').getByText('Give the virtual network a name.').waitFor();
    assert.equal(await dialog.field('network').getAttribute('aria-invalid'), 'true');
    await dialog.field('network').fill('home');
    await dialog.hint('network').waitFor({ state: 'hidden' });
    assert.equal(await dialog.field('network').getAttribute('aria-invalid'), 'false');
  });

  it('say in words that two friends are one, and that nobody is on the list', async () => {
    const dialog = await (await share()).edit(NODES['storage-node']);
    await dialog.showTab(1);
    for (const [index, name] of ['Anna', 'Ben'].entries()) {
      await dialog.tray.getByText('add a friend').click();
      await dialog.tray.locator('.tox-async-friend-name').nth(index).fill(name);
      await dialog.tray.locator('.tox-async-friend-key').nth(index).fill(TOX_ID);
    }
    const hint = dialog.hint('friends-list');
    await hint.getByText('Ben and Anna have the same key.').waitFor();
    const second = dialog.tray.locator('.tox-async-friend-key').nth(1);
    await second.fill(WRONG_ID);
    await hint.waitFor({ state: 'hidden' });
    await dialog.tray.locator('.tox-async-row').getByText('A digit is wrong').waitFor();
    assert.equal(await second.getAttribute('aria-invalid'), 'true');
    await dialog.tray.locator('.red-ui-editableList-item-remove').nth(1).click();
    await dialog.field('admission').selectOption('list');
    await dialog.hint('allowed').getByText('Nobody is on the list of those who are accepted.').waitFor();
    assert.equal(await dialog.field('allowed').getAttribute('aria-invalid'), 'true');
    await dialog.field('allowed').fill(TOX_ID);
    await dialog.hint('allowed').waitFor({ state: 'hidden' });
  });

  it('show the identity, the use of the disk and the engine of a running session', async () => {
    const dialog = await (await share()).edit(NODES['storage-node']);
    const { tray } = dialog;
    await tray.locator('#tox-async-state').getByText('Online').waitFor();
    assert.match(await tray.locator('#tox-async-tox-id').innerText(), /^[0-9A-F]{38}\n[0-9A-F]{38}$/);
    await tray.getByRole('button', { name: 'QR code' }).click();
    await tray.getByRole('img', { name: 'QR code' }).waitFor();
    await dialog.showTab(2);
    await tray.getByText(/MB in use by \d+ messages/).waitFor();
    await dialog.showTab(3);
    await tray.getByText(/MB used, .* GB free/).waitFor();
    await tray.getByText(/^Now: (lmdb|nedb)/).waitFor();
  });

  it('offer the friends of the running session, and say how one is doing', async () => {
    const { page } = await share().then(async (editor) => {
      await editor.edit(NODES['send-async']);
      return editor;
    });
    const input = page.locator('#node-input-friend + .red-ui-typedInput-container input');
    await page.locator('#node-input-friend-hint').getByText('online').waitFor();
    await input.fill('');
    await input.pressSequentially('o');
    const menu = page.locator('.red-ui-autoComplete-container:visible');
    await menu.getByText('Phone').waitFor();
    await menu.getByText('Home Pi').click();
    assert.equal(await input.inputValue(), 'Home Pi');
    await page.locator('#node-input-friend-hint').getByText('online').waitFor();
  });

  it('can be opened, walked through and closed with the keyboard alone', async () => {
    const editor = await share();
    const { page } = editor;
    for (const type of ['send-async', 'tox-transport', 'receive-async', 'prekey-exchange'] as const) {
      await page.evaluate((id) => {
        const node = window.RED?.nodes.node(id);
        if (node) window.RED?.view.select({ nodes: [node] });
        window.RED?.view.focus();
      }, NODES[type]);
      await page.keyboard.press('Enter');
      const dialog = await editor.dialog();
      await dialog.field('name').focus();
      assert.deepEqual(await dialog.unreached(), [], type);
      await page.keyboard.press('Control+Escape');
      await dialog.tray.waitFor({ state: 'detached' });
    }
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('keep their tabs in reach of the keyboard', async () => {
    const editor = await share();
    const dialog = await editor.edit(NODES['storage-node']);
    const links = dialog.tray.locator('#tox-async-tabs a');
    await dialog.field('name').focus();
    await editor.page.keyboard.press('Tab');
    await editor.page.keyboard.press('Tab');
    assert.ok(await links.nth(1).evaluate((link) => link === document.activeElement));
    await editor.page.keyboard.press('Enter');
    await dialog.tray.locator('#tox-async-tab-friends').waitFor({ state: 'visible' });
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('say in words that a lifetime is none, by the unit that is chosen', async () => {
    const editor = await share();
    await editor.page.evaluate((id) => {
      Object.assign(window.RED?.nodes.node(id) ?? {}, { expires: '15', expiresType: 'hours' });
    }, NODES['send-async']);
    const dialog = await editor.edit(NODES['send-async']);
    const hint = dialog.hint('expires');
    assert.equal(await hint.isVisible(), false);
    await dialog.field('expires').evaluate((field) => {
      window.$?.(field).typedInput('type', 'days');
    });
    await hint.getByText(/14 days/).waitFor();
    stage().forget();
  });

  it('keep what was filled in', async () => {
    const editor = await share();
    const dialog = await editor.edit(NODES['storage-node']);
    await dialog.field('name').fill('Workshop');
    await dialog.showTab(1);
    await dialog.tray.getByText('add a friend').click();
    await dialog.tray.locator('.tox-async-friend-name').fill('Anna');
    await dialog.tray.locator('.tox-async-friend-key').fill(TOX_ID);
    await dialog.showTab(2);
    await dialog.field('cap').fill('20');
    await dialog.tray.getByText(/20 MB is room for about/).waitFor();
    await dialog.done();
    stage().forget();
    const session = (await editor.flows()).find(({ id }) => id === NODES['storage-node']);
    assert.ok(session);
    assert.equal(session.name, 'Workshop');
    assert.deepEqual(session.friends, [{ name: 'Anna', key: TOX_ID }]);
    assert.equal(session.cap, '20');
    assert.deepEqual(editor.takeComplaints(), []);
  });

  inLanguage('de');
});
