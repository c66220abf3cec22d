import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { MessageHead, ReceivedMessage } from '../../../lib/index';
import { InboxFanOut, type InboxSubscriber } from '../../../nodes/session/inbox-fan-out';
import { FakeManager, received } from '../support/fake-manager';
import { textOf } from '../../support/text-of';

class FakeSubscriber implements InboxSubscriber {
  readonly got: string[] = [];

  constructor(
    readonly id: string,
    readonly answer: 'done' | 'later' | 'dropped' = 'done',
    readonly accepts: (message: MessageHead) => boolean = () => true,
  ) {}

  async deliver(message: ReceivedMessage): Promise<'done' | 'later' | 'dropped'> {
    this.got.push(message.redelivered ? `${textOf(message)} again` : textOf(message));
    await setImmediate();
    return this.answer;
  }
}

describe('A session that hands messages to several receive-async nodes', () => {
  let manager: FakeManager;
  let inbox: InboxFanOut;
  const errors: unknown[] = [];

  const acknowledge = (node: string, { sender, messageId }: ReceivedMessage) =>
    inbox.acknowledge(node, sender, messageId);

  beforeEach(() => {
    manager = new FakeManager();
    inbox = new InboxFanOut((error) => errors.push(error));
    inbox.attach(manager);
  });

  afterEach(() => assert.deepEqual(errors, []));

  it('wants nothing while no node is there, and only what one of them accepts', () => {
    assert.equal(manager.wants(received(1)), false);
    inbox.register(new FakeSubscriber('a', 'done', ({ via }) => via === 'direct'));
    assert.equal(manager.wants(received(1)), false);
    assert.equal(manager.wants(received(1, { via: 'direct' })), true);
    inbox.unregister('a', true);
    assert.equal(manager.wants(received(1, { via: 'direct' })), false);
  });

  it('gives every node that accepts a message a copy', async () => {
    const [a, b, c] = [
      new FakeSubscriber('a'),
      new FakeSubscriber('b'),
      new FakeSubscriber('c', 'done', () => false),
    ];
    for (const each of [a, b, c]) inbox.register(each);
    assert.equal(await manager.hand(received(1)), 'done');
    assert.deepEqual([a.got, b.got, c.got], [['message 1'], ['message 1'], []]);
  });

  it('is done when all that got a message are done', async () => {
    for (const id of ['a', 'b']) inbox.register(new FakeSubscriber(id, 'later'));
    inbox.register(new FakeSubscriber('c'));
    const message = received(1);
    assert.equal(await manager.hand(message), 'later');
    await acknowledge('a', message);
    assert.deepEqual(manager.acknowledged, []);
    await acknowledge('b', message);
    assert.equal(manager.acknowledged.length, 1);
  });

  it('does not wait for a node that was removed', async () => {
    for (const id of ['a', 'b']) inbox.register(new FakeSubscriber(id, 'later'));
    const message = received(1);
    await manager.hand(message);
    await acknowledge('a', message);
    inbox.unregister('b', true);
    assert.equal(manager.acknowledged.length, 1);
  });

  it('does not wait for a node that never came back from a redeploy', async () => {
    inbox.register(new FakeSubscriber('a', 'later'));
    await manager.hand(received(1));
    inbox.unregister('a', false);
    assert.deepEqual(manager.acknowledged, []);
    inbox.prune();
    assert.equal(manager.acknowledged.length, 1);
  });

  it('gives a redeployed node its unacknowledged messages once more, and no other node', async () => {
    const other = new FakeSubscriber('b', 'later');
    inbox.register(new FakeSubscriber('a', 'later'));
    inbox.register(other);
    const message = received(1);
    await manager.hand(message);
    inbox.unregister('a', false);
    const back = new FakeSubscriber('a', 'later');
    inbox.register(back);
    assert.ok(manager.calls.includes('retrieve again'));
    assert.equal(await manager.hand({ ...message, redelivered: true }), 'later');
    assert.deepEqual(back.got, ['message 1 again']);
    assert.deepEqual(other.got, ['message 1']);
  });

  it('gives nobody a message twice because another node asked for its own', async () => {
    const [a, b] = [new FakeSubscriber('a', 'later'), new FakeSubscriber('b', 'later')];
    inbox.register(a);
    inbox.register(b);
    const message = received(1);
    await manager.hand(message);
    await inbox.again('a');
    assert.equal(await manager.hand({ ...message, redelivered: true }), 'later');
    assert.deepEqual([a.got.length, b.got.length], [2, 1]);
  });

  it('settles for a node whose filter no longer accepts what it owes', async () => {
    inbox.register(new FakeSubscriber('a', 'later'));
    await manager.hand(received(1));
    inbox.unregister('a', false);
    inbox.register(new FakeSubscriber('a', 'later', () => false));
    assert.equal(manager.acknowledged.length, 1);
  });

  it('keeps a message that was on its way as the last node left, and gives it to the next as new', async () => {
    // The core asks the filter, marks the entry, and only then hands it over; by then nobody accepts it.
    inbox.register(new FakeSubscriber('a', 'done', () => false));
    assert.equal(await manager.hand(received(1)), 'later');
    inbox.unregister('a', false);
    const back = new FakeSubscriber('a');
    inbox.register(back);
    assert.ok(manager.calls.includes('retrieve again'));
    assert.equal(await manager.hand(received(1, { redelivered: true })), 'done');
    assert.deepEqual(back.got, ['message 1']);
  });

  it('gives a message once only to a node that was redeployed alone after it was passed on', async () => {
    inbox.register(new FakeSubscriber('a'));
    const handed = manager.hand(received(1));
    inbox.unregister('a', false);
    inbox.register(new FakeSubscriber('a'));
    manager.calls.length = 0;
    assert.equal(await handed, 'done');
    await setImmediate();
    assert.deepEqual(manager.calls, []);
  });

  it('does not repeat a message for a node that is still there, and has a disabled one behind it', async () => {
    inbox.register(new FakeSubscriber('a', 'dropped'));
    assert.equal(await manager.hand(received(1)), 'done');
  });

  it('gives a message once more when a redeploy came before the runtime passed it on', async () => {
    inbox.register(new FakeSubscriber('a', 'dropped'));
    const handed = manager.hand(received(1));
    inbox.unregister('a', false);
    const back = new FakeSubscriber('a');
    inbox.register(back);
    manager.calls.length = 0;
    assert.equal(await handed, 'later');
    await setImmediate();
    assert.ok(manager.calls.includes('retrieve again'));
    assert.equal(await manager.hand(received(1, { redelivered: true })), 'done');
    assert.deepEqual(back.got, ['message 1 again']);
  });

  it('takes an acknowledgement twice, and one for a message of before a restart', async () => {
    inbox.register(new FakeSubscriber('a', 'later'));
    const message = received(1);
    await manager.hand(message);
    await acknowledge('a', message);
    await acknowledge('a', message);
    await acknowledge('a', received(9));
    assert.equal(manager.acknowledged.length, 3);
  });

  it('keeps messages of two friends apart that have one id', async () => {
    inbox.register(new FakeSubscriber('a', 'later'));
    const one = received(1);
    const other = received(1, { sender: new Uint8Array(32).fill(201) });
    for (const each of [one, other]) assert.equal(await manager.hand(each), 'later');
    await acknowledge('a', one);
    assert.deepEqual(manager.acknowledged, ['c8'.repeat(32) + '01'.repeat(32)]);
    inbox.unregister('a', true);
    assert.deepEqual(manager.acknowledged.slice(1), ['c9'.repeat(32) + '01'.repeat(32)]);
  });

  it('gives both to the next node when they were on their way as the last one left', async () => {
    inbox.register(new FakeSubscriber('a', 'done', () => false));
    const one = received(1, { redelivered: true });
    const other = received(1, { sender: new Uint8Array(32).fill(201) });
    for (const each of [one, other]) await manager.hand(each);
    const back = new FakeSubscriber('a');
    inbox.register(back);
    await manager.hand({ ...one, redelivered: true });
    await manager.hand({ ...other, redelivered: true });
    assert.deepEqual(back.got, ['message 1 again', 'message 1']);
  });
});
