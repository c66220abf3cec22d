import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { ALERT, NODES, press } from '../../test/editor/support/alert';
import { startBrowser } from '../../test/editor/support/browser';
import { Editor } from '../../test/editor/support/editor';
import { showSidebar, sidebarSection } from '../../test/editor/support/sidebar';
import { readExample } from '../support/examples';
import { NodeRedProcess } from '../support/node-red/node-red-process';
import { CACHE, ROOT } from '../support/project';
import { drawTab, showCanvasOnly } from './canvas';
import { shrinkPicture } from './small-png';

const USER_DIR = path.join(CACHE, 'pictures-readme');
const EXAMPLE = '01-offline-alert';
const picture = (name: string) => path.join(ROOT, 'docs/images', `${name}.png`);

/** The three pictures of README: the first example while it runs, and its device in the sidebar and in its dialog. */
export async function drawReadme(): Promise<void> {
  await rm(USER_DIR, { recursive: true, force: true });
  const red = await NodeRedProcess.start({ userDir: USER_DIR, settings: { nodesDir: [ROOT] } });
  const browser = await startBrowser();
  try {
    await red.deploy(await readExample(EXAMPLE));
    await drawDialog(browser, red);
    await drawSidebar(browser, red);
    // What this hides stays hidden: the editor remembers it for its user.
    await drawExample(browser, red);
  } finally {
    await browser.close();
    await red.stop();
  }
}

async function drawExample(browser: Browser, red: NodeRedProcess): Promise<void> {
  const editor = await Editor.open(browser, red, { scale: 0.57 });
  await showCanvasOnly(editor.page);
  for (const { id, type } of ALERT) if (type === 'tox-transport') await editor.badge(id, 'online 2/2');
  await drawTab(editor.page, 'offline-alert', picture('offline-alert'));
  await editor.close();
}

async function drawDialog(browser: Browser, red: NodeRedProcess): Promise<void> {
  const editor = await Editor.open(browser, red, { scale: 1.2 });
  await editor.page.setViewportSize({ width: 1280, height: 640 });
  const { tray } = await editor.edit(NODES['storage-node']);
  await tray
    .locator('#tox-async-tox-id')
    .getByText(/^[0-9A-F]{38}/)
    .waitFor();
  await tray.screenshot({ path: picture('session-dialog') });
  await shrinkPicture(picture('session-dialog'));
  await editor.close();
}

/** After two alerts that were delivered, and with one under way to the phone, which is offline. */
async function drawSidebar(browser: Browser, red: NodeRedProcess): Promise<void> {
  const editor = await Editor.open(browser, red, { scale: 1.2 });
  const { page } = editor;
  await page.setViewportSize({ width: 1280, height: 860 });
  await showSidebar(editor, 'Device');
  await page.locator('.tox-open', { hasText: 'Home Pi' }).getByText('online').waitFor();
  for (let alert = 0; alert < 2; alert += 1) await press(red, '2');
  await sidebarSection(page, 'Last 7 days').getByText('2 delivered', { exact: true }).waitFor();
  await press(red, '1');
  await page.locator('.tox-open', { hasText: 'Phone' }).getByText('seen').waitFor();
  await press(red, '2');
  await sidebarSection(page, 'Outbox').getByText('Stored on 1').waitFor();
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.locator('#red-ui-sidebar').screenshot({ path: picture('sidebar') });
  await shrinkPicture(picture('sidebar'));
  await press(red, '4');
  await editor.close();
}
