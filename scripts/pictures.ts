/**
 * `npm run pictures`: draws each example as the editor shows it, into docs/images/examples (words: only these, such as
 * `npm run pictures -- 01-offline-alert`). Needs Chromium and a built dist/. The flows are shown, not started.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startBrowser } from '../test/editor/support/browser';
import { Editor } from '../test/editor/support/editor';
import { exampleNodes, exampleNames, readExample } from './support/examples';
import { NodeRedProcess } from './support/node-red/node-red-process';
import { CACHE, ROOT } from './support/project';

const USER_DIR = path.join(CACHE, 'pictures');
const PICTURES = path.join(ROOT, 'docs/images/examples');
/** Pixels around the nodes. */
const MARGIN = 20;
/** Pixels of a picture for one of the editor. */
const SCALE = 0.75;

async function makePictures(words: readonly string[]): Promise<void> {
  const names = (await exampleNames()).filter((name) => words.length === 0 || words.includes(name));
  await rm(USER_DIR, { recursive: true, force: true });
  await mkdir(USER_DIR, { recursive: true });
  await mkdir(PICTURES, { recursive: true });
  const flows = await Promise.all(names.map((name) => readExample(name)));
  await writeFile(path.join(USER_DIR, 'flows.json'), JSON.stringify(flows.flat()));
  const red = await NodeRedProcess.start({
    userDir: USER_DIR,
    settings: { nodesDir: [ROOT, ...(await exampleNodes())], safeMode: true },
  });
  const browser = await startBrowser();
  try {
    const { page } = await Editor.open(browser, red, { scale: SCALE });
    await showCanvasOnly(page);
    for (const [index, name] of names.entries()) {
      const [tab] = flows[index] ?? [];
      await drawTab(page, String(tab?.id), path.join(PICTURES, `${name}.png`));
      console.log(name);
    }
  } finally {
    await browser.close();
    await red.stop();
  }
}

/** Without palette, sidebar, grid and notices, on a page that is large enough for each example. */
async function showCanvasOnly(page: Page): Promise<void> {
  await page.addStyleTag({ content: '#red-ui-notifications { display: none }' });
  await page.setViewportSize({ width: 1400, height: 1300 });
  await page.evaluate(() => {
    for (const action of ['core:toggle-palette', 'core:toggle-sidebar', 'core:toggle-show-grid']) {
      window.RED?.actions.invoke(action);
    }
  });
}

async function drawTab(page: Page, id: string, file: string): Promise<void> {
  await page.evaluate((id) => window.RED?.workspaces.show(id), id);
  const canvas = page.locator('#red-ui-workspace-chart');
  // The canvas draws in a frame of its own.
  await page.waitForTimeout(500);
  await canvas.evaluate((element) => element.scrollTo(0, 0));
  const { x, y } = (await canvas.boundingBox()) ?? { x: 0, y: 0 };
  const size = await page.evaluate((margin) => {
    const nodes = window.RED?.nodes.filterNodes({ z: window.RED.workspaces.active() }) ?? [];
    // A button stands out of Debug nodes.
    const right = Math.max(...nodes.map((node) => node.x + node.w / 2 + (node.type === 'debug' ? 30 : 0)));
    const bottom = Math.max(...nodes.map((node) => node.y + node.h / 2));
    return { width: right + margin, height: bottom + margin };
  }, MARGIN);
  await page.screenshot({ path: file, clip: { x, y, ...size } });
}

makePictures(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
