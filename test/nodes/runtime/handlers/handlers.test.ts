import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { util } from '@node-red/util';
import { onClose } from '../../../../nodes/runtime/handlers/close';
import { onInput } from '../../../../nodes/runtime/handlers/input';
import { PendingWork } from '../../../../nodes/runtime/handlers/pending-work';
import { atFlowsStarted, type Message, type Runtime } from '../../../../nodes/runtime/runtime';
import { badges, StatusBadge } from '../../../../nodes/runtime/status-badge';
import { WITHOUT_CATALOGS } from '../../support/words';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { ERROR_CODES, systemPlatform, ToxAsyncError, type ErrorCode } from '../../../../lib/index';

/** A node of which only the events, statuses and warnings are looked at. */
class FakeNode extends EventEmitter {
  readonly statuses: unknown[] = [];
  readonly warnings: string[] = [];
  readonly errors: { readonly error: Error; readonly msg: Message | undefined }[] = [];

  status(status: unknown): void {
    this.statuses.push(status);
  }

  error(error: Error, msg?: Message): void {
    this.errors.push({ error, msg });
  }

  warn(text: string): void {
    this.warnings.push(text);
  }
}

const RED = { util } as Runtime;

const input = (node: FakeNode) =>
  new Promise<Error | undefined>((resolve) => {
    node.emit('input', { _msgid: '1' }, () => undefined, resolve);
  });

/** Takes messages, and does with each what `act` does. */
const take = (node: FakeNode, act: () => Promise<void> | void) =>
  onInput(RED, node, new PendingWork(), { read: () => undefined, act });

describe('The wrapper around every input handler', () => {
  it('tells the runtime when a handler is done', async () => {
    const node = new FakeNode();
    take(node, async () => undefined);
    assert.equal(await input(node), undefined);
  });

  it('turns a rejection and a throw into an error for Catch, and the process goes on', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    try {
      const rejecting = new FakeNode();
      take(rejecting, () => Promise.reject(new ToxAsyncError('ErrClosed', 'gone')));
      const rejected = await input(rejecting);
      assert.ok(ToxAsyncError.is(rejected, 'ErrClosed'));
      assert.ok(Object.hasOwn(rejected, 'code'), 'the runtime copies only a code of its own');

      const throwing = new FakeNode();
      take(throwing, () => {
        throw new TypeError('at once');
      });
      assert.ok((await input(throwing)) instanceof TypeError);
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it('tells the runtime also of what is no Error, and cannot even be made a text', async () => {
    for (const thrown of ['text', undefined, Symbol('s'), Object.create(null)] as unknown[]) {
      const node = new FakeNode();
      take(node, () => {
        throw thrown;
      });
      assert.ok((await input(node)) instanceof Error);
    }
  });

  it('survives a runtime whose own done fails', async () => {
    const node = new FakeNode();
    take(node, async () => undefined);
    node.emit(
      'input',
      {},
      () => undefined,
      () => {
        throw new Error('a hook failed');
      },
    );
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      node.errors.map(({ error }) => error.message),
      ['a hook failed'],
    );
  });

  it('reads the message before anything is awaited, and lets nothing else see it', async () => {
    const node = new FakeNode();
    const read: unknown[] = [];
    onInput(RED, node, new PendingWork(), {
      read: ({ payload }) => payload,
      act: async (payload) => {
        await new Promise((resolve) => setImmediate(resolve));
        read.push(payload);
      },
    });
    const msg = { payload: 'first' };
    const done = new Promise((resolve) => node.emit('input', msg, () => undefined, resolve));
    msg.payload = 'changed';
    await done;
    assert.deepEqual(read, ['first']);
  });

  it('answers with the same message, and again with a copy of what it was', () => {
    const node = new FakeNode();
    const sent: unknown[] = [];
    onInput(RED, node, new PendingWork(), {
      read: () => undefined,
      act: (_, reply) => {
        const later = reply.another();
        reply.answer({ step: 1 });
        msg.list.push('changed');
        later.answer({ step: 2 }, 1);
      },
    });
    const msg = { list: ['a'] };
    node.emit(
      'input',
      msg,
      (each: unknown) => sent.push(each),
      () => undefined,
    );
    assert.equal((sent[0] as unknown[])[0], msg);
    assert.deepEqual(sent[1], [null, { list: ['a'], step: 2 }]);
  });

  it('tells Catch of the error without what the runtime cannot copy', async () => {
    let circle: Record<string, unknown> = {};
    const top = circle;
    for (let level = 0; level < 100_000; level += 1) circle = circle.in = {};
    const node = new FakeNode();
    take(node, () => Promise.reject(new ToxAsyncError('ErrClosed', 'gone')));
    const msg = {
      _msgid: '1',
      payload: { kept: true },
      top,
      get trap(): never {
        throw new Error('trap');
      },
    };
    // As the runtime does: an error goes out with a copy of the message.
    node.emit(
      'input',
      msg,
      () => undefined,
      () => util.cloneMessage(msg),
    );
    await new Promise((resolve) => setImmediate(resolve));
    const caught = node.errors.map(({ error, msg: copy }) => [ToxAsyncError.is(error, 'ErrClosed'), copy]);
    assert.deepEqual(caught, [[true, { _msgid: '1', payload: { kept: true } }]]);
  });
});

describe('The wrapper around every close handler', () => {
  const closeCallback = (node: FakeNode) =>
    node.listeners('close')[0] as (removed: boolean, done: () => void) => void;

  it('declares removed and done, without which the runtime would not wait', () => {
    const node = new FakeNode();
    onClose(node, async () => undefined);
    assert.equal(closeCallback(node).length, 2);
  });

  it('is done when the work is, and not before', async () => {
    const node = new FakeNode();
    const order: string[] = [];
    onClose(node, async (removed) => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`closed ${removed}`);
    });
    await new Promise<void>((resolve) => closeCallback(node)(true, resolve));
    order.push('done');
    assert.deepEqual(order, ['closed true', 'done']);
  });

  it('is done in time when the work is not, and says what is under way', async () => {
    const node = new FakeNode();
    const time = new SimulatedTime();
    let finish: () => void = () => undefined;
    let step = 'the first step';
    const work = () => new Promise<void>((resolve) => (finish = resolve));
    onClose(node, work, { underWay: () => step, timers: time.timers });
    let done = 0;
    closeCallback(node)(true, () => (done += 1));
    step = 'the second step';
    await time.advance(1_999);
    assert.deepEqual([done, node.warnings], [0, []]);
    await time.advance(1);
    assert.equal(done, 1);
    assert.equal(node.warnings.length, 1);
    assert.match(node.warnings[0] ?? '', /2 s.*the second step/);
    finish();
    await time.advance(1);
    assert.deepEqual([done, node.warnings.length], [1, 1]);
  });

  it('is done also when the work fails', async () => {
    const node = new FakeNode();
    onClose(node, () => Promise.reject(new Error('the disk is gone')));
    await new Promise<void>((resolve) => closeCallback(node)(false, resolve));
    assert.deepEqual(node.warnings, ['the disk is gone']);
  });
});

describe('Work in flight', () => {
  it('is waited for, but no longer than allowed', async () => {
    const pending = new PendingWork();
    let finish: () => void = () => undefined;
    void pending.add(new Promise<void>((resolve) => (finish = resolve)));
    await pending.settledWithin(5, systemPlatform.timers);
    finish();
    await pending.settled();
  });
});

describe('A status badge', () => {
  it('tells the runtime only when its text changes, and at most once a second', async () => {
    const node = new FakeNode();
    const time = new SimulatedTime();
    const badge = new StatusBadge(WITHOUT_CATALOGS, node, time.timers);
    const texts = () => node.statuses.map((status) => (status as { text?: string }).text);
    badge.show(undefined);
    badge.show(badges.unfinished(1, 0));
    for (let count = 1; count <= 100; count += 1) badge.show(badges.unfinished(count, 0));
    await time.advance(999);
    assert.deepEqual(texts(), ['1 queued']);
    await time.advance(1);
    assert.deepEqual(texts(), ['1 queued', '100 queued'], 'the last one counts');
    badge.show(badges.unfinished(7, 0));
    badge.show(badges.unfinished(100, 0));
    await time.advance(10_000);
    assert.deepEqual(texts(), ['1 queued', '100 queued']);
    badge.show(undefined);
    badge.show(badges.unfinished(1, 0));
    badge.end();
    await time.advance(10_000);
    assert.deepEqual(texts(), ['1 queued', '100 queued', undefined], 'a closed node says no more');
  });

  it('tells what waits from what is kept, as far as there is room', () => {
    assert.equal(badges.unfinished(2, 1).text, '2 queued, 1 stored');
    assert.equal(badges.unfinished(0, 3).text, '3 stored');
    assert.equal(badges.unfinished(1000, 1000).text, '1000 queued');
  });

  it('stays under 20 characters, but shows an error code whole', () => {
    const texts = [
      badges.connecting,
      badges.offline,
      badges.noTransport,
      badges.online(1000, 1000),
      badges.unfinished(1000, 0),
      badges.unfinished(1000, 1000),
      badges.unfinished(0, 1000),
      badges.waiting(1000),
      badges.keys(1000),
    ].map(({ text }) => text);
    for (const text of texts) assert.ok(text.length < 20, text);
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      assert.equal(badges.error(new ToxAsyncError(code, 'x')).text, `error: ${code}`);
    }
  });
});

describe('The first start of the flows', () => {
  it('is awaited by any number of nodes with one listener, and a node can take its wish back', () => {
    const events = new EventEmitter();
    const RED = { events };
    const ran: number[] = [];
    const cancels = Array.from({ length: 30 }, (_, index) =>
      atFlowsStarted(RED, new FakeNode(), () => ran.push(index)),
    );
    assert.equal(events.listenerCount('flows:started'), 1);
    cancels[3]?.();
    events.emit('flows:started');
    events.emit('flows:started');
    assert.equal(ran.length, 29);
    assert.ok(!ran.includes(3));
  });
});
