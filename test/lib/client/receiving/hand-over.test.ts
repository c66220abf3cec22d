import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import type { MessageHead } from '../../../../lib/client/messages';
import { encodeExtended } from '../../../../lib/protocol/envelope/extended-content';
import { textOf } from '../../../support/text-of';
import { HandOverBench, idOf } from './support/hand-over-bench';

describe('hand-over of what the inbox holds', () => {
  let bench: HandOverBench;

  beforeEach(async () => {
    bench = await HandOverBench.open();
  });

  it('tells each change of what waits; what was answered with later waits no more, and is not done', async () => {
    bench.handle(() => 'later');
    await bench.receive('one', 'two');
    assert.equal(bench.handOver.count('waiting'), 2);
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual(bench.waiting, [1, 0]);
    assert.equal(bench.inbox.size, 2);
    assert.equal(await bench.handOver.acknowledge(bench.peer.pk, idOf('one')), true);
    assert.equal(bench.inbox.size, 1);
    assert.deepEqual([bench.waiting.length, bench.looks], [3, 3]);
  });

  it('lets a filter ask for the label, which is read once and only then', async () => {
    await bench.receive('plain');
    const parts = { isDeflated: false, isLarge: false, inner: 0, label: 'garden' } as const;
    await bench.add('labelled', { type: 4, data: encodeExtended({ ...parts, rest: utf8('labelled') }) });
    let reads = 0;
    const read = bench.inbox.read.bind(bench.inbox);
    bench.inbox.read = (entry) => {
      reads += 1;
      return read(entry);
    };
    let wanted = 'cellar';
    const seen: (string | undefined)[] = [];
    const filter = (message: MessageHead) => {
      seen.push(message.label);
      return message.label === wanted;
    };
    bench.handOver.start();
    bench.handOver.setHandler((message) => void bench.handed.push(textOf(message)), filter);
    await bench.peer.time.advance(1);
    bench.handOver.offer();
    await bench.peer.time.advance(1);
    assert.deepEqual(seen, [undefined, 'garden', undefined, 'garden']);
    assert.equal(reads, 2);
    assert.equal(bench.handOver.count('waiting'), 2, 'not marked, not handed');
    wanted = 'garden';
    bench.handOver.offer();
    await bench.peer.time.advance(1);
    assert.deepEqual(bench.handed, ['labelled']);
    assert.equal(bench.inbox.entries()[0]?.handed, false);
  });

  it('marks a message durably before the handler sees it', async () => {
    let marked: boolean | undefined;
    bench.handle(() => void (marked = bench.reopened().entries()[0]?.handed));
    bench.handOver.start();
    await bench.receive('one');
    assert.equal(marked, true);
  });

  it('leaves no timer behind when the handler answered', async () => {
    bench.handle(() => undefined);
    bench.handOver.start();
    await bench.receive('one');
    assert.equal(bench.inbox.size, 0);
    assert.equal(bench.peer.time.pendingTimers, 0);
  });

  it('names a message whose secret is gone, once, and goes on with the next', async () => {
    await bench.receive('gone', 'here');
    const [gone] = bench.inbox.entries();
    assert.ok(gone);
    const writes = bench.peer.store.batch();
    bench.peer.vault.erase(writes, [gone.ref]);
    await writes.commit();
    await bench.peer.vault.settled();
    bench.handle(() => undefined);
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual([bench.handed, bench.lost, bench.inbox.size], [['here'], 1, 0]);
  });

  it('leaves no copy of a message in memory but the one that it gives away, also when marking fails', async () => {
    const read = bench.inbox.read.bind(bench.inbox);
    const copies: Uint8Array[] = [];
    bench.inbox.read = (entry) => {
      const content = read(entry);
      if (content !== undefined) copies.push(content.data);
      return content;
    };
    const given: string[] = [];
    bench.handle((message) => void given.push(textOf(message)));
    await bench.receive('one', 'two');
    const { store } = bench.peer;
    const batch = store.batch.bind(store);
    store.batch = () => {
      store.batch = batch;
      throw new Error('the disk is gone');
    };
    bench.handOver.start();
    await bench.peer.time.advance(1);
    assert.deepEqual([bench.handed, bench.errors], [['two'], ['Error: the disk is gone']]);
    assert.deepEqual(copies, [new Uint8Array(3)], 'nothing is read that could not be marked');
    assert.deepEqual(given, ['two']);
  });
});
