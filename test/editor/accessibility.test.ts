import assert from 'node:assert/strict';
import { ALERT, NODES, press } from './support/alert';
import { seriousFindings } from './support/axe';
import { inEachEditor, themesOf } from './support/stage';

/** Node-RED puts these into each form, out of sight, as bait for a browser that fills in passwords. */
const BAIT = ['[id^="red-ui-trap-"]'];
const TABS = 4;

inEachEditor('A reader of screens', (stage) => {
  it('finds nothing seriously wrong in the dialogs, in any theme', async () => {
    await stage().red.deploy(ALERT);
    for (const theme of themesOf(stage())) {
      const editor = await stage().open({ theme });
      const found: string[] = [];
      const look = async () =>
        found.push(...(await seriousFindings(editor.page, '.red-ui-tray:last-child form', BAIT)));
      for (const [type, id] of Object.entries(NODES)) {
        const dialog = await editor.edit(id);
        await look();
        for (let tab = 1; type === 'storage-node' && tab < TABS; tab += 1) {
          await dialog.showTab(tab);
          if (tab === 1) await dialog.tray.getByText('add a friend').click();
          await look();
        }
        await dialog.cancel();
      }
      assert.deepEqual(found, [], theme);
    }
  });

  it('finds nothing seriously wrong in the sidebar, in any theme', async () => {
    await stage().red.deploy(ALERT);
    for (const theme of themesOf(stage())) {
      const { page } = await stage().open({ theme });
      await page.evaluate(() => window.RED?.sidebar.show('tox-async'));
      await page.locator('.tox-open', { hasText: 'online' }).first().click();
      await press(stage(), '1');
      await press(stage(), '2');
      await page.locator('.tox-section', { hasText: 'Outbox' }).first().waitFor();
      assert.deepEqual(await seriousFindings(page, '.tox'), [], theme);
      assert.deepEqual(await seriousFindings(page, '.tox-footer'), [], theme);
    }
  });
});
