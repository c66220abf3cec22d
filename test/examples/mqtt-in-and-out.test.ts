import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { MqttBroker } from '../nodes/support/mqtt-broker';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

describe('The example flow mqtt-in-and-out', function () {
  let red: NodeRed;
  let broker: MqttBroker;

  before(async () => {
    broker = await MqttBroker.start();
    red = await startExample('15-mqtt-in-and-out', {
      core: ['common/20-inject', 'function/15-change', 'network/10-mqtt'],
      // The broker is one of the test.
      change: (entry) => (entry.id === 'mq-broker' ? { ...entry, port: String(broker.port) } : entry),
    });
    await met(red, 'mq-gateway', 'mq-house', 'mq-home');
    await until('the gateway listens', () => broker.filters.includes('garden/#'));
  });

  after(async () => {
    await red.stop();
    await broker.stop();
  });

  it('publishes at the house what was published in the garden, also while the house was offline', async () => {
    const gateway = await managerOf(red, 'mq-gateway');
    red.send('mq-reading', {});
    const first = await red.wait('mq-shown');
    assert.deepEqual([first.topic, first.payload], ['house/garden/greenhouse', { temperature: 4.5 }]);
    red.send('mq-off', {});
    await until('the house is offline', () => gateway.counts().online === 1);
    red.send('mq-reading', {});
    await until('it is stored', () => red.probes.all('mq-outcome').at(-1)?.payload === 'stored');
    red.send('mq-on', {});
    await until('it came', () => red.probes.all('mq-shown').length === 2);
    await until('it is delivered', () => red.probes.all('mq-outcome').at(-1)?.payload === 'delivered');
    assert.equal(red.probes.all('mq-shown').length, 2);
  });
});
