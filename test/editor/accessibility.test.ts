import assert from 'node:assert/strict';
import { ALERT, NODES, press } from './support/alert';
import { seriousFindings } from './support/axe';
import { showSidebar, sidebarSection } from './support/sidebar';
import { inEachEditor } from './support/stage';

/** Node-RED puts these into each form, out of sight, as bait for a browser that fills in passwords. */
const BAIT = ['[id^="red-ui-trap-"]'];
const TABS = 4;

inEachEditor('A reader of screens', (stage, themes) => {
  for (const theme of themes) {
    it(`finds nothing seriously wrong in the dialogs (${theme})`, async () => {
      const editor = await stage().share(ALERT, { theme });
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
      assert.deepEqual(found, []);
      assert.deepEqual(editor.takeComplaints(), []);
    });

    it(`finds nothing seriously wrong in the sidebar (${theme})`, async () => {
      const editor = await stage().share(ALERT, { theme });
      const { page } = editor;
      await showSidebar(editor, 'Device');
      await page.locator('.tox-open', { hasText: 'online' }).first().click();
      await press(stage().red, '1');
      await press(stage().red, '2');
      await sidebarSection(page, 'Outbox').getByText('Phone').waitFor();
      stage().forget();
      assert.deepEqual(await seriousFindings(page, '.tox'), []);
      assert.deepEqual(await seriousFindings(page, '.tox-footer'), []);
      assert.deepEqual(editor.takeComplaints(), []);
    });
  }
});
