import assert from 'node:assert/strict';
import { utf8 } from '../../../../../lib/bytes';
import { textOf } from '../../../../support/text-of';
import { HandOverBench, idOf } from '../support/hand-over-bench';

describe('hand-over of what the inbox holds', () => {
  let bench: HandOverBench;

  beforeEach(async () => {
    bench = await HandOverBench.open();
  });

  it('gives all that waits to one who asks for it, once, for it to acknowledge', async () => {
    await bench.receive('one', 'two');
    const taken = await bench.handOver.takeAll();
    assert.deepEqual(
      taken.map((message) => [textOf(message), message.redelivered, message.sentAt]),
      [
        ['one', false, undefined],
        ['two', false, undefined],
      ],
    );
    assert.deepEqual(await bench.handOver.takeAll(), []);
    bench.handle(() => undefined);
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual(bench.handed, [], 'nor does a handler get it');
    assert.equal(await bench.handOver.acknowledge(bench.peer.pk, idOf('two')), true);
    assert.equal(await bench.handOver.acknowledge(bench.peer.pk, idOf('two')), false);
    assert.equal(bench.inbox.size, 1);
  });

  it('ends the message of the friend who is named when another sent one with the same id', async () => {
    const other = new Uint8Array(32).fill(7);
    for (const sender of [bench.peer.pk, other])
      await bench.add('one', { type: 0, data: utf8('one') }, sender);
    await bench.handOver.takeAll();
    assert.deepEqual(bench.inbox.sendersOf(idOf('one')), [bench.peer.pk, other]);
    assert.equal(await bench.handOver.acknowledge(other, idOf('one')), true);
    assert.equal(await bench.handOver.acknowledge(other, idOf('one')), false);
    assert.deepEqual(bench.inbox.sendersOf(idOf('one')), [bench.peer.pk]);
  });

  it('gives a message to one alone of several who ask at once', async () => {
    await bench.receive('one', 'two');
    const taken = await Promise.all([
      bench.handOver.takeAll(),
      bench.handOver.takeAll(),
      bench.handOver.takeAll(),
    ]);
    assert.deepEqual(taken.flat().map(textOf).sort(), ['one', 'two']);
  });

  it('gives nobody else what a handler works on, nor a handler what somebody is given', async () => {
    await bench.receive('one', 'two');
    let finish = () => {};
    bench.handle(() => new Promise<void>((resolve) => (finish = resolve)));
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual(bench.handed, ['one']);
    const taking = bench.handOver.takeAll();
    await bench.peer.time.advance(1);
    const taken = (await taking).map(textOf);
    assert.deepEqual(taken, ['two']);
    finish();
    await bench.peer.time.advance(1);
    assert.deepEqual([bench.handed.length, taken.length, bench.lost], [1, 1, 0]);
  });

  it('takes nothing for lost that was acknowledged while another message was handed over', async () => {
    await bench.receive('one', 'two');
    const [, second] = await bench.handOver.takeAll();
    assert.equal(textOf(second), 'two');
    let finish = () => {};
    bench.handle(() => new Promise<void>((resolve) => (finish = resolve)));
    bench.handOver.offerAgain();
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual(bench.handed, ['one']);
    assert.equal(await bench.handOver.acknowledge(bench.peer.pk, idOf('two')), true);
    finish();
    await bench.peer.time.advance(1);
    assert.deepEqual([bench.handed, bench.lost, bench.inbox.size], [['one'], 0, 0]);
  });
});
