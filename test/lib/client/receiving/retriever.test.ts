import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { Collector, MailNode, tagOf } from '../support/collector';
import { later } from '../support/depositor';

const HOUR = 3600;

describe('visits to storage nodes', () => {
  let collector: Collector;
  let node: MailNode;

  beforeEach(() => {
    collector = new Collector();
    collector.nodes.length = 1;
    [node] = collector.nodes as [MailNode];
  });

  afterEach(() => collector.retriever.stop());

  const owed = () => collector.deletes.owedTo(node.pk).length;

  it('list, fetch and delete, and note that the node did well', async () => {
    collector.issue(1, 2);
    node.hold(1, 2);
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 0', 'fetch 1,2', 'delete 1,2']);
    assert.equal(owed(), 0);
    assert.deepEqual(collector.health, ['1 well']);
  });

  it('go on from where the last one ended, and once an hour from the beginning', async () => {
    collector.issue(1, 2);
    node.hold(1);
    await collector.collect();
    node.hold(2);
    node.heard();
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 1', 'fetch 2', 'delete 2']);
    collector.age += HOUR - 1;
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 2']);
    collector.age += 1;
    await collector.collect();
    assert.equal(node.heard()[0], 'list 0');
  });

  it('of one node run one at a time; a call during a visit makes it one more', async () => {
    const slow = later<void>();
    node.before = () => slow.promise;
    const first = collector.retriever.retrieveFrom(node.pk);
    await collector.retriever.retrieveFrom(node.pk);
    await collector.retriever.retrieveFrom(node.pk);
    assert.deepEqual(node.heard(), ['list 0']);
    slow.resolve();
    await first;
    assert.deepEqual(node.heard(), ['list 0']);
  });

  it('come every five minutes or so by themselves', async () => {
    await collector.time.advance(6 * HOUR * 1000);
    const visits = node.heard().length;
    assert.ok(visits > 60 && visits < 90, `${visits}`);
  });

  it('come by themselves only while a node is here, and again once one may be', async () => {
    node.online = false;
    await collector.time.advance(400_000);
    assert.equal(collector.time.pendingTimers, 0);
    node.online = true;
    for (const begins of ['by a visit', 'by a hint']) {
      if (begins === 'by a visit') await collector.retriever.retrieveFrom(node.pk);
      else collector.retriever.pollLater();
      node.heard();
      await collector.time.advance(400_000);
      assert.equal(node.heard().length, 1);
      node.online = false;
      await collector.time.advance(400_000);
      assert.equal(collector.time.pendingTimers, 0);
      node.online = true;
    }
  });

  it('end when the session stops, which waits for them, and begin no more', async () => {
    collector.issue(1);
    node.hold(1);
    const slow = later<void>();
    node.before = () => slow.promise;
    void collector.retriever.retrieveFrom(node.pk);
    let stopped = false;
    const stopping = collector.retriever.stop().then(() => (stopped = true));
    await collector.time.advance(10_000);
    assert.equal(stopped, false);
    slow.resolve();
    await stopping;
    const asked = node.heard();
    assert.equal(asked.filter((each) => each.startsWith('list')).length, 1);
    collector.health.length = 0;
    await collector.retriever.retrieveFrom(node.pk);
    assert.deepEqual([node.heard(), collector.health], [[], []]);
    assert.equal(collector.time.pendingTimers, 0);
  });

  it('of a node that does not answer count against it; of one that went they do not', async () => {
    node.before = () => {
      throw new ToxAsyncError('ErrTimeout', 'silent');
    };
    await collector.collect();
    assert.deepEqual(collector.health, ['1 failed']);
    node.before = () => {
      throw new ToxAsyncError('ErrNotConnected', 'gone');
    };
    await collector.collect();
    assert.deepEqual(collector.health, ['1 failed']);
    node.before = () => {
      throw new Error('disk');
    };
    await collector.collect();
    assert.equal(collector.errors.length, 1);
  });

  it('end after 500 pages, however many a node lists', async () => {
    node.item = (_envelope, cursor) => ({ cursor, storageId: tagOf(cursor), tag: tagOf(0), age: 0 });
    node.before = (request) => {
      if (request.kind !== 'list') return;
      node.first = request.after + 1;
    };
    node.hold(0);
    node.more = () => true;
    await collector.collect();
    assert.equal(node.heard().length, 500);
    // Nor does the next visit start over, nor one for which the node itself calls.
    await collector.collect();
    await collector.retriever.retrieveFrom(node.pk);
    assert.equal(node.heard().length, 0);
    const day = 24 * 60;
    for (let minute = 0; minute < day; minute += 1) {
      collector.age += 60;
      await collector.retriever.retrieveFrom(node.pk);
    }
    const pages = node.heard().filter((asked) => asked.startsWith('list')).length;
    assert.ok(pages > 15 * day - 10 && pages <= 15 * day, `${pages} pages in a day`);
  });

  it('of a node whose list ends are never braked', async () => {
    node.hold(1);
    for (let i = 0; i < 2000; i += 1) await collector.retriever.retrieveFrom(node.pk);
    assert.equal(node.heard().length, 2000);
  });

  it('of another node go on while one is braked, and those of a braked one when its list ends', async () => {
    node.item = (_envelope, cursor) => ({ cursor, storageId: tagOf(cursor), tag: tagOf(0), age: 0 });
    node.before = (request) => {
      if (request.kind === 'list') node.first = request.after + 1;
    };
    node.hold(0);
    node.more = () => true;
    const other = new MailNode(3);
    collector.nodes.push(other);
    await collector.collect();
    other.heard();
    node.heard();
    await collector.collect();
    assert.deepEqual([node.heard().length, other.heard().length], [0, 1]);
    node.more = () => false;
    collector.age += 4;
    await collector.collect();
    await collector.collect();
    assert.equal(node.heard().length, 2);
  });

  describe('to a node that lists what it confirmed as deleted', () => {
    /** It was taken, deleted, and is listed at the next visit, with this age. */
    async function listedAgain(age: number, passed: number): Promise<void> {
      collector.issue(1);
      node.hold(1);
      await collector.collect();
      assert.deepEqual(node.heard(), ['list 0', 'fetch 1', 'delete 1']);
      collector.taken.add(1);
      collector.health.length = 0;
      collector.age += passed;
      const { item } = node;
      node.item = (envelope, cursor) => ({ ...item(envelope, cursor), age });
      await collector.collect();
    }

    it('find it broken when the mail is older than the delete, and take it for no new deposit', async () => {
      await listedAgain(2 * HOUR + 61, 2 * HOUR);
      assert.deepEqual([collector.health, collector.turnedUp], [['1 broken', '1 well'], []]);
    });

    it('find nothing wrong with a new deposit, nor with clocks that differ by a minute', async () => {
      await listedAgain(2 * HOUR + 60, 2 * HOUR);
      assert.deepEqual([collector.health, collector.turnedUp], [['1 well'], ['1']]);
    });

    it('find nothing wrong with one that did not confirm the delete', async () => {
      node.deleteCode = 'busy';
      await listedAgain(3 * HOUR, 2 * HOUR);
      assert.deepEqual([collector.health, collector.turnedUp], [['1 well'], ['1']]);
    });
  });

  describe('deletes', () => {
    it('that a node refuses stay owed', async () => {
      node.hold(1);
      collector.issue(1);
      node.deleteCode = 'busy';
      await collector.collect();
      assert.equal(owed(), 1);
      node.deleteCode = 'ok';
      await collector.collect();
      assert.equal(owed(), 0);
    });

    it('go out again at the next visit when the node went before it confirmed them', async () => {
      node.hold(1);
      collector.issue(1);
      node.before = ({ kind }) => {
        if (kind === 'delete') throw new ToxAsyncError('ErrNotConnected', 'gone');
      };
      await collector.collect();
      node.before = () => undefined;
      node.heard();
      await collector.collect();
      assert.deepEqual(node.heard(), ['list 1', 'delete 1']);
    });
  });
});
