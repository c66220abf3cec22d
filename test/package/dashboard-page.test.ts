import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { exampleNodes } from '../../scripts/support/examples';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';
import { exampleFlow } from '../nodes/support/example-flow';
import { until } from '../nodes/support/node-red';
import { PageSocket } from './support/page-socket';

const USER_DIR = path.join(CACHE, 'dashboard-test');

/** Here and not beside the other examples' tests, since Dashboard 2 comes from the registry. */
describe('The page of the example dashboard-page', function () {
  this.timeout(300_000);
  let red: NodeRedProcess;
  let page: PageSocket;

  before(async () => {
    await rm(USER_DIR, { recursive: true, force: true });
    const [dashboard = ''] = await exampleNodes();
    red = await NodeRedProcess.start({ userDir: USER_DIR, settings: { nodesDir: [ROOT, dashboard] } });
    await red.deploy(exampleFlow('16-dashboard-page'));
    page = await PageSocket.open(red.url, '/dashboard');
    await until('the page has its widgets', () => page.heard('ui-config').length > 0);
  });

  after(async () => {
    page.close();
    await red.stop();
    await rm(USER_DIR, { recursive: true, force: true });
  });

  /** What a widget shows when the page is opened now. */
  async function shown(widget: string): Promise<unknown> {
    await page.emit('widget-load', widget);
    await until(`${widget} is loaded`, () => page.heard(`widget-load:${widget}`).length > 0);
    const [message] = page.heard(`widget-load:${widget}`) as [{ payload?: unknown } | undefined];
    return message?.payload;
  }

  async function untilShown(widget: string, isRight: (payload: unknown) => boolean): Promise<void> {
    let last: unknown;
    const end = Date.now() + 60_000;
    while (!isRight((last = await shown(widget)))) {
      assert.ok(Date.now() < end, `${widget} shows ${JSON.stringify(last)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const press = (button: string) => page.emit('widget-action', button, { payload: '' });
  const states = (payload: unknown) =>
    (payload as { State: string }[] | undefined)?.map(({ State }) => State).join();

  it('is served, with a table, a gauge and buttons on it', async () => {
    assert.match(await (await red.request('/dashboard/tox')).text(), /<div id="app">/);
    const [, config] = page.heard('ui-config') as [string, { widgets: Record<string, { type: string }> }];
    const types = Object.values(config.widgets).map(({ type }) => type);
    assert.deepEqual(types.sort(), ['ui-button', 'ui-button', 'ui-button', 'ui-gauge', 'ui-table']);
  });

  it('shows the keys that are left, and what became of each alert', async () => {
    await untilShown('dp-gauge', (payload) => payload === 100);
    await press('dp-send');
    await untilShown('dp-table', (payload) => states(payload) === 'delivered');
    await press('dp-off');
    await press('dp-send');
    await untilShown('dp-table', (payload) => states(payload) === 'stored,delivered');
    await untilShown('dp-gauge', (payload) => Number(payload) < 100);
    await press('dp-on');
    await untilShown('dp-table', (payload) => states(payload) === 'delivered,delivered');
  });
});
