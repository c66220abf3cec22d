import type { Page } from 'playwright-core';
import '../../test/editor/support/red';
import { shrinkPicture } from './small-png';

/** Pixels around the nodes. */
const MARGIN = 20;

/** Without palette, sidebar, grid and notices, on a page that is large enough for each example. */
export async function showCanvasOnly(page: Page): Promise<void> {
  await page.addStyleTag({ content: '#red-ui-notifications { display: none }' });
  await page.setViewportSize({ width: 1400, height: 1300 });
  await page.evaluate(() => {
    for (const action of ['core:toggle-palette', 'core:toggle-sidebar', 'core:toggle-show-grid']) {
      window.RED?.actions.invoke(action);
    }
  });
}

/** A picture of all nodes of a tab. */
export async function drawTab(page: Page, id: string, file: string): Promise<void> {
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
  await shrinkPicture(file);
}
