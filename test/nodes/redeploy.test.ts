import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { THREE, withChange } from './support/flows';
import { managerOf, met, NodeRed, until } from './support/node-red';

const SESSIONS = ['device-session', 'phone-session', 'home-session'];

describe('A redeploy', function () {
  let red: NodeRed;

  before(async () => {
    red = await NodeRed.start(THREE);
    await met(red, ...SESSIONS);
  });

  after(() => red.stop());

  const deploys: ['full' | 'flows' | 'nodes', typeof THREE][] = [
    ['full', THREE],
    ['flows', withChange(THREE, 'received', { name: 'changed' })],
    ['nodes', withChange(THREE, 'send', { name: 'changed' })],
  ];
  for (const [type, flow] of deploys) {
    it(`(${type}) keeps sessions and connections`, async () => {
      const before = await Promise.all(SESSIONS.map((id) => managerOf(red, id)));
      const changes: unknown[] = [];
      const off = before.map((manager) =>
        manager.events.on('friend-status', (change) => changes.push(change)),
      );
      await red.deploy(flow, type);
      assert.deepEqual(await Promise.all(SESSIONS.map((id) => managerOf(red, id))), before);
      await delay(100);
      assert.deepEqual(changes, []);
      for (const each of off) each();
      await red.deploy(THREE);
    });

    it(`(${type}) loses no message and doubles none, nor its outcomes`, async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `${type} ${index}`);
      for (const [index, payload] of texts.entries()) {
        red.send('send', { payload, friend: 'phone' });
        if (index === 5) await red.deploy(flow, type);
      }
      // What was still in a queue of the runtime as its node closed never came to be sent.
      await until('all that got a receipt are delivered', () => {
        const accepted = red.probes.all('receipts').map(({ receipt }) => receipt.messageId);
        const delivered = red.probes.all('outcomes').map(({ receipt }) => receipt.messageId);
        return accepted.length > 0 && accepted.every((id) => delivered.includes(id));
      });
      const device = await managerOf(red, 'device-session');
      await until('the outbox is empty', () => device.counts().unfinished === 0);
      const received = () => red.probes.all('received').map(({ payload }) => payload);
      const isThere = ({ payload }: { payload: unknown }) => received().includes(payload);
      await until('all of them came out', () => red.probes.all('receipts').every(isThere));
      await delay(100);
      const got = received();
      assert.deepEqual([...new Set(got)].sort(), [...got].sort(), 'nothing comes twice');
      const outcomes = red.probes.all('outcomes').map(({ receipt }) => receipt.messageId);
      assert.equal(new Set(outcomes).size, outcomes.length, 'no outcome comes twice');
      await red.deploy(THREE);
    });
  }

  it('brings outcomes to the node that is there afterwards, under the original id', async () => {
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    red.send('send', { _msgid: 'long ago', topic: 'leak', payload: 'wait', friend: 'phone' });
    await red.wait('receipts', ({ _msgid }) => _msgid === 'long ago');
    await red.deploy(THREE);
    await red.turn('phone-net', 'phone-net-out', 'connect');
    const { topic } = await red.wait(
      'outcomes',
      ({ _msgid, payload }) => _msgid === 'long ago' && payload === 'delivered',
    );
    assert.equal(topic, 'leak');
  });

  it('brings outcomes also after the session was closed and opened again', async () => {
    await red.turn('device-net', 'device-net-out', 'disconnect');
    red.send('send', { _msgid: 'before', topic: 'leak', payload: 'restart', friend: 'phone' });
    await red.wait('receipts', ({ _msgid }) => _msgid === 'before');
    const old = await managerOf(red, 'device-session');
    await red.deploy(withChange(THREE, 'device-session', { cap: 32 }));
    assert.notEqual(await managerOf(red, 'device-session'), old);
    await red.turn('device-net', 'device-net-out', 'connect');
    const { topic } = await red.wait(
      'outcomes',
      ({ _msgid, payload }) => _msgid === 'before' && payload === 'delivered',
    );
    assert.equal(topic, 'leak');
  });
});
