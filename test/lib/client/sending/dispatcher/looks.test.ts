import assert from 'node:assert/strict';
import {
  bob,
  cat,
  DispatcherBench,
  type Mail,
  mailFor,
  type Message,
  message,
  nameOf,
} from '../support/dispatcher-bench';

describe('the dispatcher', () => {
  let bench: DispatcherBench;

  beforeEach(() => {
    bench = new DispatcherBench();
  });

  it('does nothing before its start, nor after its stop, and leaves no timer', async () => {
    bench.outbox = [message('a')];
    const [a] = bench.outbox as [Message];
    bench.wakeup.all();
    assert.equal(bench.time.pendingTimers, 0);
    assert.deepEqual([bench.dispatch(a), await bench.pass(10_000)], [[], []]);
    await bench.start();
    bench.wakeup.all();
    bench.dispatcher.stop();
    assert.equal(bench.time.pendingTimers, 0);
    bench.wakeup.all();
    assert.equal(bench.time.pendingTimers, 0);
    assert.deepEqual([bench.dispatch(a), await bench.pass(10_000)], [[], []]);
    await bench.start();
    bench.wakeup.all();
    assert.ok((await bench.pass()).includes('nodes a'), 'and it can start again');
  });

  it('looks at all once, after the present events, however often it is called', async () => {
    await bench.start();
    bench.outbox = [message('a'), message('b')];
    for (let i = 0; i < 3; i += 1) bench.wakeup.all();
    assert.deepEqual(bench.done, []);
    assert.deepEqual(await bench.pass(), [
      'plain a',
      'direct a',
      'nodes a',
      'plain b',
      'direct b',
      'nodes b',
    ]);
    assert.deepEqual(await bench.pass(100), []);
  });

  it('looks once more when it is called while it looks', async () => {
    await bench.start();
    bench.mail = [mailFor(bob, 'm')];
    bench.outbox = [message('a')];
    let calls = true;
    bench.has = (entry) => {
      if (calls) bench.wakeup.all();
      calls = false;
      return nameOf(entry) === 'a';
    };
    bench.taking = ['plain'];
    bench.wakeup.all();
    assert.deepEqual(await bench.pass(2), ['mail m', 'plain a', 'mail m', 'plain a']);
    assert.deepEqual(await bench.pass(100), []);
  });

  it('looks at all at its start, and then at nothing that nothing happens to', async () => {
    bench.outbox = [message('a'), message('b')];
    bench.taking = ['plain'];
    bench.dispatcher.start();
    assert.deepEqual(await bench.pass(), ['plain a', 'plain b']);
    assert.deepEqual(await bench.pass(990_000), []);
  });

  it('looks at what an event names, and at nothing else', async () => {
    bench.outbox = [message('a'), message('b'), message('c', { friend: cat })];
    bench.mail = [mailFor(cat, 'keys'), mailFor(bob, 'receipts')];
    bench.taking = ['plain'];
    await bench.start();
    bench.done = [];
    bench.wakeup.message(bench.outbox[1] as Message);
    assert.deepEqual(await bench.pass(), ['plain b']);
    bench.wakeup.friend(cat);
    assert.deepEqual(await bench.pass(), ['mail keys', 'plain c']);
    bench.wakeup.mail(bench.mail[1] as Mail);
    assert.deepEqual(await bench.pass(), ['mail receipts']);
  });

  it('looks at a message again when a way asks for it, the earliest first', async () => {
    bench.outbox = [message('a'), message('b')];
    bench.again = { a: 7_000, 'direct a': 3_000, b: 5_000 };
    await bench.start();
    bench.done = [];
    assert.deepEqual(await bench.pass(2_990), []);
    assert.deepEqual(await bench.pass(20), ['plain a', 'direct a', 'nodes a']);
    assert.deepEqual(await bench.pass(2_000), ['plain b', 'direct b', 'nodes b']);
    assert.deepEqual(await bench.pass(2_000), ['plain a', 'direct a', 'nodes a']);
    bench.taking = ['plain'];
    bench.again = { 'plain a': 9_000 };
    bench.wakeup.all();
    await bench.pass();
    assert.deepEqual(await bench.pass(3_000), ['plain a']);
  });

  it('looks at a message when it is overdue, whatever way it took', async () => {
    bench.outbox = [message('a')];
    bench.taking = ['plain'];
    bench.again = { 'overdue a': 50_000 };
    await bench.start();
    bench.done = [];
    assert.deepEqual(await bench.pass(49_900), []);
    assert.deepEqual(await bench.pass(200), ['plain a']);
    assert.deepEqual(await bench.pass(100_000), []);
  });

  it('looks at those whose turn it is after what was named', async () => {
    await bench.start();
    bench.outbox = [message('a'), message('b')];
    bench.taking = ['plain'];
    bench.turns = [bench.outbox[1] as Message];
    bench.wakeup.message(bench.outbox[0] as Message);
    assert.deepEqual(await bench.pass(), ['plain a', 'plain b']);
  });
});
