import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { ToxAsyncError } from '../../../../lib/errors';
import { storageIdOf } from '../../../../lib/protocol/names';
import { Collector, envelopeOf, tagOf, type MailNode } from '../support/collector';
import { later } from '../support/depositor';

const crypto = chooseCryptoProvider();

describe('fetches from storage nodes', () => {
  let collector: Collector;
  let node: MailNode;
  let other: MailNode;

  beforeEach(() => {
    collector = new Collector();
    [node, other] = collector.nodes as [MailNode, MailNode];
    other.online = false;
  });

  afterEach(() => collector.retriever.stop());

  const owed = () => collector.deletes.owedTo(node.pk).length;
  const many = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it('ask for 16 at a time, and deletes for 64', async () => {
    node.hold(...many(70));
    collector.issue(...many(70));
    await collector.collect();
    const sizes = node.heard().map((asked) => `${asked.split(' ')[0]} ${asked.split(',').length}`);
    const fetches = ['fetch 16', 'fetch 16', 'fetch 16', 'fetch 16', 'fetch 6'];
    assert.deepEqual(sizes, ['list 1', 'list 1', ...fetches, 'delete 64', 'delete 6']);
  });

  it('ask for the next 16 while the disk takes those before, and for no more', async () => {
    node.hold(...many(48));
    collector.issue(...many(48));
    const disk = later<void>();
    collector.receive = async () => {
      await disk.promise;
      return { code: 'ok' };
    };
    const visit = collector.collect();
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(node.asked.filter((asked) => asked.startsWith('fetch')).length, 2);
    disk.resolve();
    await visit;
    assert.deepEqual(collector.received, many(48));
    assert.equal(owed(), 0, 'all are deleted there');
  });

  it('ask a node for no more after it did not answer', async () => {
    node.hold(...many(48));
    collector.issue(...many(48));
    node.before = ({ kind }) => {
      if (kind === 'fetch') throw new ToxAsyncError('ErrTimeout', 'no answer');
    };
    await collector.collect();
    assert.equal(node.asked.filter((asked) => asked.startsWith('fetch')).length, 1);
  });

  it('of what another node is giving wait for it, and then delete it at both', async () => {
    other.online = true;
    for (const each of [node, other]) each.hold(1);
    collector.issue(1);
    await collector.collect();
    assert.deepEqual(collector.received, [1]);
    const asked = [...node.heard(), ...other.heard()].sort();
    assert.deepEqual(asked, ['delete 1', 'delete 1', 'fetch 1', 'list 0', 'list 0']);
  });

  for (const [how, fail] of Object.entries({
    'does not have it': () => (node.serve = () => undefined),
    'does not answer': () =>
      (node.before = ({ kind }) => {
        if (kind === 'fetch') throw new ToxAsyncError('ErrTimeout', 'silent');
      }),
  })) {
    it(`go to the other node when the one ${how}`, async () => {
      other.online = true;
      for (const each of [node, other]) each.hold(1);
      collector.issue(1);
      fail();
      await collector.collect();
      assert.deepEqual(collector.received, [1]);
      assert.ok(!collector.health.includes('1 broken'), 'which need not be its fault');
    });
  }

  const changed = envelopeOf(1);
  changed[200] = 1;
  const piece = envelopeOf(1).subarray(0, 200);
  const wrong = {
    'another envelope': envelopeOf(2),
    'one that was changed': changed,
    'a piece of it': piece,
  };
  for (const [what, given] of Object.entries(wrong)) {
    it(`take ${what} for nothing, and hold it against the node`, async () => {
      node.hold(1);
      collector.issue(1);
      node.serve = () => given;
      await collector.collect();
      assert.deepEqual([collector.received, owed()], [[], 0]);
      assert.ok(collector.health.includes('1 broken'));
    });
  }

  it('take nothing that has not the size of an envelope, although it was listed under its own name', async () => {
    node.hold(1);
    collector.issue(1);
    const { item } = node;
    node.item = (envelope, cursor) => ({ ...item(envelope, cursor), storageId: storageIdOf(crypto, piece) });
    node.serve = () => piece;
    await collector.collect();
    assert.deepEqual([collector.received, collector.errors], [[], []]);
    assert.ok(collector.health.includes('1 broken'));
  });

  it('take nothing whose tag is not the one that was listed', async () => {
    node.hold(1);
    collector.issue(2);
    const { item } = node;
    node.item = (envelope, cursor) => ({ ...item(envelope, cursor), tag: tagOf(2) });
    await collector.collect();
    assert.deepEqual(collector.received, []);
    assert.ok(collector.health.includes('1 broken'));
  });

  it('have a forged envelope deleted, and held against the node', async () => {
    node.hold(1);
    collector.issue(1);
    collector.receive = () => ({ code: 'forged' });
    await collector.collect();
    assert.deepEqual(node.heard(), ['list 0', 'fetch 1', 'delete 1']);
    assert.ok(collector.health.includes('1 broken'));
  });

  it('leave at the node what has no room here; the next visit lists it again', async () => {
    node.hold(...many(20));
    collector.issue(...many(20));
    collector.receive = (tag) => ({ code: tag === 3 ? 'busy' : 'ok' });
    await collector.collect();
    assert.ok(!node.heard().at(-1)?.split(/[ ,]/).includes('3'));
    collector.receive = () => ({ code: 'ok' });
    for (const tag of many(20)) if (tag !== 3) collector.taken.add(tag);
    collector.received.length = 0;
    await collector.collect();
    assert.equal(node.heard()[0], 'list 0');
    assert.deepEqual(collector.received, [3]);
  });

  it('leave it there, too, when it was another node that gave it', async () => {
    other.online = true;
    for (const each of [node, other]) each.hold(1);
    collector.issue(1);
    collector.receive = () => ({ code: 'busy' });
    await collector.collect();
    for (const each of [node, other]) each.heard();
    collector.receive = () => ({ code: 'ok' });
    await collector.collect();
    assert.deepEqual([node.heard()[0], other.heard()[0]], ['list 0', 'list 0']);
  });
});
