import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

describe('The example flow command-and-reply', function () {
  let red: NodeRed;

  before(async () => {
    red = await startExample('10-command-and-reply', {
      core: ['common/20-inject', 'function/10-switch', 'function/15-change'],
    });
    await met(red, 'cr-phone', 'cr-device', 'cr-home');
  });

  after(() => red.stop());

  it('answers the one who asked, also commands that came while the device was offline', async () => {
    red.send('cr-temperature', {});
    const reply = await red.wait('cr-reply-shown');
    assert.deepEqual(
      [reply.payload, reply.friendName, reply.topic],
      [{ temperature: 21.5 }, 'Device', 'reply'],
    );
    const phone = await managerOf(red, 'cr-phone');
    red.send('cr-off', {});
    await until('the device is offline', () => phone.counts().online === 1);
    red.send('cr-open', {});
    red.send('cr-dance', {});
    await until('both are stored', () => {
      const outcomes = red.probes.all('cr-outcome').map(({ payload }) => payload);
      return outcomes.filter((each) => each === 'stored').length === 2;
    });
    red.send('cr-on', {});
    await until('the replies came', () => red.probes.all('cr-reply-shown').length === 3);
    const texts = red.probes.all('cr-reply-shown').map(({ payload }) => payload);
    assert.deepEqual(
      new Set(texts.slice(1)),
      new Set(['The valve is open.', 'This device does not know how to dance.']),
    );
  });
});
