import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { Collector, tagOf, type MailNode } from '../support/collector';

const HOUR = 3600;

describe('lists of storage nodes', () => {
  let collector: Collector;
  let node: MailNode;

  beforeEach(() => {
    collector = new Collector();
    collector.nodes.length = 1;
    [node] = collector.nodes as [MailNode];
  });

  afterEach(() => collector.retriever.stop());

  const many = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it('are read to their end before anything is fetched, and fetched in the order of issue', async () => {
    const tags = many(70);
    for (const tag of tags) collector.keys.set(tag, { order: tag < 36 ? 2 : 1, index: 255 - tag });
    node.hold(...tags);
    await collector.collect();
    assert.deepEqual(node.heard().slice(0, 3), [
      'list 0',
      'list 64',
      'fetch 70,69,68,67,66,65,64,63,62,61,60,59,58,57,56,55',
    ]);
    assert.equal(collector.received.length, 70);
  });

  it('are sorted 4,096 entries at a time, however long a node makes them', async () => {
    const tags = many(4200);
    for (const tag of tags) collector.keys.set(tag, { order: 5000 - tag, index: 0 });
    node.hold(...tags);
    node.before = ({ kind }) => {
      if (kind === 'fetch') throw new ToxAsyncError('ErrNotConnected', 'enough seen');
    };
    await collector.collect();
    const heard = node.heard();
    const lists = heard.filter((asked) => asked.startsWith('list'));
    assert.deepEqual([lists.length, lists.at(-1)], [64, 'list 4032']);
    assert.equal(heard[64]?.slice(0, 20), 'fetch 4096,4095,4094');
  });

  it('that do not go on, or go back, end there', async () => {
    node.hold(1, 2);
    node.more = () => true;
    node.before = (request) => {
      // The same two again, which would be read without end.
      if (request.kind === 'list') node.item = (envelope, cursor) => ({ ...item(envelope, 3 - cursor) });
    };
    const { item } = node;
    await collector.collect();
    assert.ok(node.heard().length < 5);
  });

  it('that a node refuses end the visit', async () => {
    node.before = () => {
      if (node.asked.length > 3) throw new Error('asked again and again');
    };
    node.listCode = 'busy';
    node.more = () => true;
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 0']);
    assert.deepEqual(collector.errors, []);
  });

  it('name mail that we have: it is deleted, and its receipt may have been lost', async () => {
    node.hold(1);
    collector.taken.add(1);
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 0', 'delete 1']);
    assert.deepEqual(collector.turnedUp, ['1']);
  });

  it('do not have us delete other mail under the tag of mail that we have, before an hour is over', async () => {
    node.hold(1);
    collector.taken.add(1);
    const { item } = node;
    node.item = (envelope, cursor) => ({ ...item(envelope, cursor), storageId: tagOf(9) });
    await collector.collect();
    assert.deepEqual([node.heard(), collector.turnedUp], [['list 0'], []]);
  });

  describe('mail under an unknown tag', () => {
    it('is deleted when it is still unknown after an hour, not fetched', async () => {
      node.hold(1);
      await collector.collect();
      collector.age += HOUR;
      node.heard();
      await collector.collect();
      assert.deepEqual(node.heard(), ['list 0', 'delete 1']);
    });

    it('is fetched when the key is known again by then', async () => {
      node.hold(1);
      await collector.collect();
      collector.issue(1);
      collector.age += HOUR;
      await collector.collect();
      assert.deepEqual(collector.received, [1]);
    });

    it('is counted again when nothing was heard of it for a day', async () => {
      node.hold(1);
      await collector.collect();
      collector.age += 26 * HOUR;
      node.online = false;
      await collector.time.advance(400_000);
      node.online = true;
      node.heard();
      await collector.collect();
      assert.deepEqual(node.heard(), ['list 0']);
    });

    it('may turn out as such when it was fetched', async () => {
      node.hold(1);
      collector.issue(1);
      collector.receive = () => ({ code: 'unknown-tag' });
      await collector.collect();
      assert.deepEqual(node.heard(), ['list 0', 'fetch 1']);
      assert.deepEqual(collector.deletes.owedTo(node.pk), []);
    });
  });
});
