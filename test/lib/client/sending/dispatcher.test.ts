import assert from 'node:assert/strict';
import { Dispatcher, type DispatcherParts } from '../../../../lib/client/sending/dispatcher';
import type { OutboxEntry } from '../../../../lib/client/journal/outbox';
import { KeyedQueue } from '../../../../lib/platform/keyed-queue';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

/** A message, or mail. */
interface Waiting {
  readonly name: string;
  readonly friend: Uint8Array;
  readonly sealed?: object;
}

const message = (name: string, sealed = true): Waiting => ({
  name,
  friend: bob,
  ...(sealed ? { sealed: {} } : {}),
});

describe('the dispatcher', () => {
  let time: SimulatedTime;
  let outbox: Waiting[];
  let mail: Waiting[];
  /** What was offered to whom, and what else was done, in order. */
  let done: string[];
  /** Ways that take what they are offered. */
  let taking: string[];
  let open: Uint8Array[];
  let over: Uint8Array[];
  let expire: (friend: Uint8Array) => Promise<void>;
  let errors: unknown[];
  let queues: KeyedQueue;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    time = new SimulatedTime();
    [outbox, mail, done, taking, open, over, errors] = [[], [], [], [], [], [], []];
    queues = new KeyedQueue();
    expire = (friend) => {
      done.push(`expire ${friend[0]}`);
      over = [];
      return Promise.resolve();
    };
    const offer = (way: string) => (waiting: Waiting) => {
      done.push(`${way} ${waiting.name}`);
      return taking.includes(way);
    };
    dispatcher = new Dispatcher({
      timers: time.timers,
      outbox: { entries: () => outbox, has: (entry: Waiting) => outbox.includes(entry) },
      queues,
      completion: { due: () => over, expire: (friend: Uint8Array) => expire(friend) },
      direct: { consider: offer('direct'), isOpen: (friend: Uint8Array) => open.includes(friend) },
      plain: { consider: offer('plain') },
      deposits: { consider: offer('nodes'), tidy: () => done.push('tidy') },
      mail: { entries: () => mail },
      mailDeposits: { consider: offer('mail'), tidy: () => done.push('tidy mail') },
      onError: (error: unknown) => errors.push(error),
    } as unknown as DispatcherParts);
  });

  /** What is done within `ms`. */
  async function pass(ms = 1): Promise<string[]> {
    await time.advance(ms);
    return done.splice(0);
  }

  async function start(): Promise<void> {
    dispatcher.start();
    await pass();
  }

  function dispatch(waiting: Waiting): string[] {
    dispatcher.dispatch(waiting as unknown as OutboxEntry);
    return done.splice(0);
  }

  it('tries an ordinary message, then the friend itself, then nodes, and no more once one takes it', async () => {
    await start();
    outbox = [message('a')];
    const [a] = outbox as [Waiting];
    assert.deepEqual(dispatch(a), ['plain a', 'direct a', 'nodes a']);
    taking = ['direct'];
    assert.deepEqual(dispatch(a), ['plain a', 'direct a']);
    taking = ['plain'];
    assert.deepEqual(dispatch(a), ['plain a']);
  });

  it('has for a message without a key none but the ordinary way', async () => {
    await start();
    outbox = [message('a', false)];
    assert.deepEqual(dispatch(outbox[0] as Waiting), ['plain a']);
  });

  it('lets a message be that is finished', async () => {
    await start();
    assert.deepEqual(dispatch(message('a')), []);
  });

  it('does nothing before its start, nor after its stop, and leaves no timer', async () => {
    outbox = [message('a')];
    const [a] = outbox as [Waiting];
    dispatcher.kick();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    dispatcher.kick();
    dispatcher.stop();
    assert.equal(time.pendingTimers, 0);
    dispatcher.kick();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    dispatcher.kick();
    assert.ok((await pass()).includes('nodes a'), 'and it can start again');
  });

  it('looks at all once, after the present events, however often it is called', async () => {
    await start();
    outbox = [message('a'), message('b')];
    for (let i = 0; i < 3; i += 1) dispatcher.kick();
    assert.deepEqual(done, []);
    assert.deepEqual(await pass(), ['plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b']);
    assert.deepEqual(await pass(100), []);
  });

  it('looks once more when it is called while it looks', async () => {
    await start();
    mail = [message('m')];
    outbox = [message('a')];
    let again = true;
    outbox.includes = (entry) => {
      if (again) dispatcher.kick();
      again = false;
      return entry.name === 'a';
    };
    taking = ['plain'];
    dispatcher.kick();
    assert.deepEqual(await pass(2), ['mail m', 'plain a', 'mail m', 'plain a']);
    assert.deepEqual(await pass(100), []);
  });

  it('has mail go before all messages, but not to a friend who is here', async () => {
    await start();
    taking = ['plain'];
    outbox = [message('a')];
    mail = [
      { name: 'keys', friend: cat },
      { name: 'receipts', friend: bob },
    ];
    dispatcher.kick();
    assert.deepEqual(await pass(), ['mail keys', 'mail receipts', 'plain a']);
    open = [bob];
    dispatcher.kick();
    assert.deepEqual(await pass(), ['mail keys', 'plain a']);
  });

  it('tidies and looks at its start, and then every 5 s', async () => {
    outbox = [message('a')];
    taking = ['plain'];
    dispatcher.start();
    const look = ['tidy', 'tidy mail', 'plain a'];
    assert.deepEqual(await pass(), look);
    assert.deepEqual(await pass(4_998), []);
    assert.deepEqual(await pass(2), look);
    assert.deepEqual(await pass(10_000), [...look, ...look]);
  });

  it('ends what is over, in the queue of its friend', async () => {
    await start();
    over = [bob, cat];
    let release = () => {};
    void queues.run(bob, () => new Promise<void>((resolve) => (release = resolve)));
    assert.deepEqual(await pass(5_000), ['tidy', 'tidy mail', 'expire 2']);
    release();
    assert.deepEqual(await pass(), ['expire 1']);
  });

  it('names what fails at that, and goes on', async () => {
    await start();
    over = [bob];
    expire = () => Promise.reject(new Error('disk'));
    outbox = [message('a')];
    assert.deepEqual((await pass(5_001)).slice(-1), ['nodes a']);
    assert.deepEqual(errors.map(String), ['Error: disk']);
    await pass(5_000);
    assert.equal(errors.length, 2);
  });
});
