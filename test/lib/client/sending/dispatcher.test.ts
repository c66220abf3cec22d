import assert from 'node:assert/strict';
import {
  bob,
  cat,
  DispatcherBench,
  mailFor,
  type Message,
  message,
  unsealed,
} from './support/dispatcher-bench';

describe('the dispatcher', () => {
  let bench: DispatcherBench;

  beforeEach(() => {
    bench = new DispatcherBench();
  });

  it('tries an ordinary message, then the friend itself, then nodes, and no more once one takes it', async () => {
    await bench.start();
    bench.outbox = [message('a')];
    const [a] = bench.outbox as [Message];
    assert.deepEqual(bench.dispatch(a), ['plain a', 'direct a', 'nodes a']);
    bench.taking = ['direct'];
    assert.deepEqual(bench.dispatch(a), ['plain a', 'direct a']);
    bench.taking = ['plain'];
    assert.deepEqual(bench.dispatch(a), ['plain a']);
  });

  it('has for a message without a key none but the ordinary way', async () => {
    await bench.start();
    bench.outbox = [unsealed('a')];
    assert.deepEqual(bench.dispatch(bench.outbox[0] as Message), ['plain a']);
  });

  it('lets a message be that is finished', async () => {
    await bench.start();
    assert.deepEqual(bench.dispatch(message('a')), []);
  });

  it('has mail go before all messages, but not to a friend who is here', async () => {
    await bench.start();
    bench.taking = ['plain'];
    bench.outbox = [message('a')];
    bench.mail = [mailFor(cat, 'keys'), mailFor(bob, 'receipts')];
    bench.wakeup.all();
    assert.deepEqual(await bench.pass(), ['mail keys', 'mail receipts', 'plain a']);
    bench.open = [bob];
    bench.wakeup.all();
    assert.deepEqual(await bench.pass(), ['mail keys', 'plain a']);
  });

  it('looks at urgent messages before the others, whatever happened', async () => {
    bench.outbox = [message('a'), message('b', { isUrgent: true }), message('c')];
    const [a, b, c] = bench.outbox;
    assert.ok(a && b && c);
    bench.dispatcher.start();
    const firsts = async () => (await bench.pass()).filter((each) => each.startsWith('direct'));
    const expected = ['direct b', 'direct a', 'direct c'];
    assert.deepEqual(await firsts(), expected);
    bench.wakeup.friend(bob);
    assert.deepEqual(await firsts(), expected);
    for (const each of [a, c, b]) bench.wakeup.message(each);
    assert.deepEqual(await firsts(), expected);
  });

  it('goes on to the next when the disk does not give one back, and tries it again in a minute', async () => {
    await bench.start();
    bench.outbox = [message('a'), message('b')];
    bench.mail = [mailFor(bob, 'keys')];
    bench.isBroken = true;
    bench.wakeup.all();
    const looks = ['mail keys', 'plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b'];
    assert.deepEqual(await bench.pass(), looks);
    const reports = ['keys', 'a', 'b'].map((each) => `Error: ${each} cannot be read`);
    assert.deepEqual(bench.errors.map(String), reports);
    assert.deepEqual(await bench.pass(59_000), []);
    bench.isBroken = false;
    assert.deepEqual((await bench.pass(2_000)).sort(), looks.sort());
    assert.equal(bench.errors.length, 3);
  });

  it('ends what is over when it is over, in the queue of its friend, and once for all of it', async () => {
    bench.outbox = [
      message('a', { lifetime: 60 }),
      message('b', { lifetime: 60 }),
      message('c', { friend: cat, lifetime: 60 }),
    ];
    bench.taking = ['plain'];
    await bench.start();
    bench.done = [];
    let release = () => {};
    void bench.queues.run(bob, () => new Promise<void>((resolve) => (release = resolve)));
    assert.deepEqual(await bench.pass(59_990), []);
    assert.deepEqual(await bench.pass(20), ['expire 2']);
    release();
    assert.deepEqual(await bench.pass(), ['expire 1']);
    assert.deepEqual(await bench.pass(100_000), []);
  });

  it('names what fails at that, and tries it again', async () => {
    bench.outbox = [message('a', { lifetime: 60 })];
    await bench.start();
    bench.expire = () => Promise.reject(new Error('disk'));
    await bench.pass(60_010);
    assert.deepEqual(bench.errors.map(String), ['Error: disk']);
    await bench.pass(5_010);
    assert.equal(bench.errors.length, 2);
  });
});
