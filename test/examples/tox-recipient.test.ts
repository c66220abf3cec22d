import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { FakeTox, short, stranger } from '../nodes/support/fake-tox';
import { until, type NodeRed } from '../nodes/support/node-red';

describe('The example flow tox-recipient', function () {
  let red: NodeRed;
  const made: FakeTox[] = [];
  const device = stranger();

  before(async () => {
    red = await startExample('18-tox-recipient', {
      core: ['common/20-inject', 'common/25-catch', 'function/10-switch', 'function/15-change'],
      make: (options) => {
        const fake = new FakeTox(options, []);
        made.push(fake);
        return fake;
      },
    });
    await until('libtoxcore runs', () => made[0]?.running === true);
    made[0]?.connect();
  });

  after(() => red.stop());

  it('shows its Tox ID, accepts the one who asked last, and gets their alerts', async () => {
    const tox = made[0]!;
    const { toxId } = await red.wait('xr-self', ({ payload }) => payload === true);
    assert.equal(toxId, tox.toxId);
    tox.ask(stranger().publicKey, 'Somebody else');
    tox.ask(device.publicKey, 'I am your alarm. Please add me.');
    await until('both were shown', () => red.probes.all('xr-asks').length === 2);
    red.send('xr-accept', {});
    await until('the device is a friend', () => tox.calls.includes(`accept ${short(device.publicKey)}`));
    assert.equal(tox.calls.filter((call) => call.startsWith('accept')).length, 1);
    tox.meet(device.publicKey);
    tox.say(device.publicKey, 'normal', 'Leak in the cellar');
    const alert = await red.wait('xr-alert');
    assert.deepEqual([alert.payload, alert.friendName], ['Leak in the cellar', 'Device']);
    assert.deepEqual(red.probes.all('xr-error'), []);
  });
});
