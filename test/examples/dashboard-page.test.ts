import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type FlowEntry, type NodeRed } from '../nodes/support/node-red';

describe('The example flow dashboard-page', () => {
  let red: NodeRed;

  before(async () => {
    red = await startExample('16-dashboard-page', {
      core: ['common/20-inject', 'common/25-status', 'function/10-switch', 'function/15-change'],
      without: ['ui-base', 'ui-theme', 'ui-page', 'ui-group'],
      change: withoutThePage,
    });
    await met(red, 'dp-device', 'dp-phone', 'dp-home');
  });

  after(() => red.stop());

  it('gives the table each alert with its state, and the gauge the number of keys', async () => {
    const device = await managerOf(red, 'dp-device');
    const rows = () => (red.probes.all('dp-table').at(-1)?.payload ?? []) as Record<string, string>[];
    const keys = () => red.probes.all('dp-gauge').at(-1)?.payload;
    await until('the gauge is full', () => keys() === 100);
    red.send('dp-send', {});
    await until('the alert is delivered', () => rows()[0]?.State === 'delivered');
    assert.equal((await red.wait('dp-got')).payload, 'Leak in the cellar');
    red.send('dp-off', {});
    await until('the phone is away', () => device.counts().online === 1);
    red.send('dp-send', {});
    await until('the next is stored', () => rows()[0]?.State === 'stored');
    assert.deepEqual(
      rows().map((row) => [row.To, row.State, row['Waits for']]),
      [
        ['Phone', 'stored', 'few-nodes'],
        ['Phone', 'delivered', ''],
      ],
    );
    await until('it has used a key', () => Number(keys()) < 100);
    red.send('dp-on', {});
    await until('both are delivered', () => rows().every(({ State }) => State === 'delivered'));
    assert.equal(red.probes.all('dp-got').length, 2);
  });
});

/** The nodes of the page are another package's: its buttons inject what they would, and probes keep what it would show. */
function withoutThePage(entry: FlowEntry): FlowEntry {
  if (entry.type === 'ui-button') return { ...entry, type: 'inject', props: [{ p: 'payload' }] };
  return ['ui-table', 'ui-gauge'].includes(entry.type) ? { ...entry, type: 'probe' } : entry;
}
