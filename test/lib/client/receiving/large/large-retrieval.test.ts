import assert from 'node:assert/strict';
import { later } from '../../support/depositor';
import { Collector, MailNode } from '../../support/collector';

const HOUR = 3600;
const SENDER = new Uint8Array(32).fill(9);

describe('large messages on storage nodes', () => {
  let collector: Collector;
  let pi: MailNode;
  let hub: MailNode;

  /** Tags of heads: when one is opened, the chunks whose tags are ten times as large, and on, are expected. */
  let heads: number[];

  beforeEach(() => {
    collector = new Collector();
    [pi, hub] = collector.nodes as [MailNode, MailNode];
    heads = [];
    collector.receive = (tag, node) => {
      if (collector.chunks.delete(tag)) {
        collector.pieces.add(tag);
        return { code: 'ok' };
      }
      if (!heads.includes(tag)) return { code: 'ok' };
      if (!collector.headTurns.isFree(SENDER, node)) return { code: 'busy' };
      collector.taken.add(tag);
      for (let i = 0; i < 3; i += 1) collector.chunks.add(tag * 10 + i);
      collector.headTurns.opened(SENDER);
      return { code: 'ok' };
    };
  });

  afterEach(() => collector.retriever.stop());

  const large = (...tags: number[]) => {
    heads.push(...tags);
    collector.issue(...tags);
  };

  it('are fetched whole in one visit, although the chunks stand before their head', async () => {
    collector.nodes.length = 1;
    large(1);
    pi.hold(10, 11, 1, 12);
    await collector.collect();
    assert.deepEqual(collector.received, [1, 10, 11, 12]);
    assert.deepEqual(pi.heard().slice(0, 5), ['list 0', 'fetch 1', 'delete 1', 'list 0', 'fetch 10,11,12']);
  });

  it('have three chunks fetched at a time, which a slow link carries before the time is over', async () => {
    collector.nodes.length = 1;
    large(1);
    const chunks = Array.from({ length: 8 }, (_, i) => 10 + i);
    for (const tag of chunks) collector.chunks.add(tag);
    pi.hold(1, ...chunks);
    await collector.collect();
    const fetched = pi.asked.filter((asked) => asked.startsWith('fetch 1') && !asked.startsWith('fetch 1,'));
    assert.deepEqual(
      [...new Set(fetched.flatMap((asked) => asked.slice(6).split(',').map(Number)))].sort((a, b) => a - b),
      [1, ...chunks],
    );
    assert.ok(
      fetched.every((asked) => asked.split(',').length <= 3),
      fetched.join(' / '),
    );
  });

  it('are fetched with all their chunks before the next head is opened', async () => {
    collector.nodes.length = 1;
    large(1, 2, 3);
    pi.hold(1, 2, 3, 10, 11, 12, 20, 21, 22, 30, 31, 32);
    await collector.collect();
    const taken = collector.received.filter((tag) => tag >= 10);
    assert.deepEqual(taken, [10, 11, 12, 20, 21, 22, 30, 31, 32]);
    assert.deepEqual([...collector.taken], [1, 2, 3]);
    const secondOpened = collector.received.lastIndexOf(2);
    assert.ok(secondOpened > collector.received.indexOf(12));
  });

  it('do not keep ordinary mail behind them from being fetched', async () => {
    collector.nodes.length = 1;
    large(1);
    collector.issue(...Array.from({ length: 40 }, (_, i) => 100 + i));
    pi.hold(1, ...Array.from({ length: 40 }, (_, i) => 100 + i), 10, 11, 12);
    await collector.collect();
    assert.equal(new Set(collector.received).size, 44);
    assert.ok(collector.received.indexOf(12) < collector.received.indexOf(139));
  });

  it('have chunks fetched that another node lists behind what was read of it', async () => {
    large(1);
    hub.hold(10, 11, 12);
    await collector.collect();
    assert.deepEqual(collector.received, []);
    pi.hold(1);
    await collector.collect();
    await collector.time.advance(1);
    assert.deepEqual(collector.received, [1, 10, 11, 12]);
  });

  it('have chunks fetched from a peer that was visited once and is not polled', async () => {
    large(1);
    collector.unpolled.add(hub);
    hub.hold(10, 11, 12);
    await collector.retriever.retrieveFrom(hub.pk);
    pi.hold(1);
    await collector.collect();
    await collector.time.advance(1);
    assert.deepEqual(collector.received, [1, 10, 11, 12]);
  });

  it('have chunks fetched whose head the friend delivered', async () => {
    collector.nodes.length = 1;
    pi.hold(10, 11, 12);
    await collector.collect();
    for (const tag of [10, 11, 12]) collector.chunks.add(tag);
    collector.headTurns.opened(SENDER);
    await collector.time.advance(1);
    assert.deepEqual(collector.received, [10, 11, 12]);
  });

  it('are deleted there without being fetched when they are here', async () => {
    collector.nodes.length = 1;
    for (const tag of [10, 11]) collector.pieces.add(tag);
    pi.hold(10, 11);
    await collector.collect();
    assert.deepEqual(pi.heard(), ['list 0', 'delete 11,10']);
  });

  it('are deleted there when they are complete, and only their head makes the receipt due', async () => {
    collector.nodes.length = 1;
    collector.taken.add(1);
    for (const tag of [10, 11]) collector.buried.add(tag);
    pi.hold(1, 10, 11);
    await collector.collect();
    assert.deepEqual(pi.heard(), ['list 0', 'delete 11,10,1']);
    assert.deepEqual(collector.turnedUp, ['1']);
  });

  it('wait for the chunks of a head that another node gave while this one was read', async () => {
    large(1, 2);
    hub.hold(10, 11, 12);
    await collector.collect();
    pi.hold(1);
    hub.hold(2);
    const slow = later<void>();
    hub.before = ({ kind }) => (kind === 'list' && !collector.taken.has(1) ? slow.promise : undefined);
    const collected = collector.retriever.retrieve();
    await collector.time.advance(1);
    assert.deepEqual([...collector.taken], [1]);
    slow.resolve();
    await collected;
    await collector.time.advance(1);
    assert.deepEqual([...collector.taken], [1, 2]);
    assert.deepEqual(collector.received, [1, 2, 10, 11, 12, 2]);
  });

  it('of which the head has no room overnight keep all their chunks', async () => {
    large(1);
    pi.hold(1, 10, 11);
    hub.hold(10, 11, 12);
    const { receive } = collector;
    collector.receive = (tag, node) => (tag === 1 ? { code: 'busy' } : receive(tag, node));
    for (let quarter = 0; quarter < 4 * 10; quarter += 1) {
      await collector.collect();
      collector.age += HOUR / 4;
    }
    assert.deepEqual(
      [pi.heard(), hub.heard()].flat().filter((asked) => asked.startsWith('delete')),
      [],
    );
    collector.receive = receive;
    await collector.collect();
    await collector.time.advance(1);
    assert.deepEqual([...collector.pieces].sort(), [10, 11, 12]);
  });

  it('of which the head is gone have their chunks deleted after an hour', async () => {
    collector.nodes.length = 1;
    pi.hold(10, 11);
    await collector.collect();
    collector.age += HOUR;
    await collector.collect();
    assert.deepEqual(pi.heard().at(-1), 'delete 11,10');
  });

  it('wait for a look at all chunks, not for one that failed', async () => {
    collector.nodes.length = 1;
    large(1, 2);
    pi.hold(1, 2, 10);
    let lists = 0;
    pi.before = ({ kind }) => {
      if (kind === 'list' && (lists += 1) === 2) throw new Error('lost');
    };
    await collector.collect();
    assert.deepEqual([...collector.taken], [1]);
    await collector.collect();
    assert.deepEqual([...collector.taken], [1, 2]);
  });
});
