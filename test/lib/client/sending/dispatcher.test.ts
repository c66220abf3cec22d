import assert from 'node:assert/strict';
import { Dispatcher } from '../../../../lib/client/sending/dispatcher';
import type { OutboxEntry } from '../../../../lib/client/journal/outbox';
import type { ServiceEntry } from '../../../../lib/client/journal/service-mail';
import { KeyedQueue } from '../../../../lib/platform/keyed-queue';
import { Wakeup } from '../../../../lib/client/wakeup';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { outboxEntry, serviceEntry } from '../support/entries';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

interface Named {
  readonly name: string;
}
type Message = OutboxEntry & Named;
type Mail = ServiceEntry & Named;

const nameOf = (waiting: object) => ('name' in waiting ? String(waiting.name) : '?');

function message(name: string, isSealed = true): Message {
  const { sealed, ...rest } = outboxEntry({ friend: bob });
  return { ...rest, name, ...(isSealed && sealed ? { sealed } : {}) };
}

const mailFor = (friend: Uint8Array, name: string): Mail => ({ ...serviceEntry({ friend }), name });

describe('the dispatcher', () => {
  let time: SimulatedTime;
  let outbox: Message[];
  let mail: Mail[];
  /** Whether the outbox has it. */
  let has: (entry: OutboxEntry) => boolean;
  /** What was offered to whom, and what else was done, in order. */
  let done: string[];
  /** Ways that take what they are offered. */
  let taking: string[];
  let open: Uint8Array[];
  let over: Uint8Array[];
  let expire: (friend: Uint8Array) => Promise<void>;
  let errors: unknown[];
  let queues: KeyedQueue;
  let wakeup: Wakeup;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    time = new SimulatedTime();
    [outbox, mail, done, taking, open, over, errors] = [[], [], [], [], [], [], []];
    queues = new KeyedQueue();
    wakeup = new Wakeup(time);
    has = (entry) => outbox.some((each) => each === entry);
    expire = (friend) => {
      done.push(`expire ${friend[0]}`);
      over = [];
      return Promise.resolve();
    };
    const offer = (way: string) => (waiting: object) => {
      done.push(`${way} ${nameOf(waiting)}`);
      return taking.includes(way);
    };
    dispatcher = new Dispatcher({
      timers: time.timers,
      outbox: { entries: () => outbox, has: (entry) => has(entry) },
      queues,
      wakeup,
      completion: { due: () => over, expire: (friend) => expire(friend) },
      direct: { consider: offer('direct'), isHere: (friend) => open.includes(friend) },
      plain: { consider: offer('plain') },
      deposits: { consider: offer('nodes'), tidy: () => done.push('tidy') },
      mail: { entries: () => mail },
      serviceDeposits: { consider: offer('mail'), tidy: () => done.push('tidy mail') },
      hooks: { onError: (error) => errors.push(error) },
    });
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

  function dispatch(waiting: Message): string[] {
    dispatcher.dispatch(waiting);
    return done.splice(0);
  }

  it('tries an ordinary message, then the friend itself, then nodes, and no more once one takes it', async () => {
    await start();
    outbox = [message('a')];
    const [a] = outbox as [Message];
    assert.deepEqual(dispatch(a), ['plain a', 'direct a', 'nodes a']);
    taking = ['direct'];
    assert.deepEqual(dispatch(a), ['plain a', 'direct a']);
    taking = ['plain'];
    assert.deepEqual(dispatch(a), ['plain a']);
  });

  it('has for a message without a key none but the ordinary way', async () => {
    await start();
    outbox = [message('a', false)];
    assert.deepEqual(dispatch(outbox[0] as Message), ['plain a']);
  });

  it('lets a message be that is finished', async () => {
    await start();
    assert.deepEqual(dispatch(message('a')), []);
  });

  it('does nothing before its start, nor after its stop, and leaves no timer', async () => {
    outbox = [message('a')];
    const [a] = outbox as [Message];
    wakeup.soon();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    wakeup.soon();
    dispatcher.stop();
    assert.equal(time.pendingTimers, 0);
    wakeup.soon();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    wakeup.soon();
    assert.ok((await pass()).includes('nodes a'), 'and it can start again');
  });

  it('looks at all once, after the present events, however often it is called', async () => {
    await start();
    outbox = [message('a'), message('b')];
    for (let i = 0; i < 3; i += 1) wakeup.soon();
    assert.deepEqual(done, []);
    assert.deepEqual(await pass(), ['plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b']);
    assert.deepEqual(await pass(100), []);
  });

  it('looks once more when it is called while it looks', async () => {
    await start();
    mail = [mailFor(bob, 'm')];
    outbox = [message('a')];
    let again = true;
    has = (entry) => {
      if (again) wakeup.soon();
      again = false;
      return nameOf(entry) === 'a';
    };
    taking = ['plain'];
    wakeup.soon();
    assert.deepEqual(await pass(2), ['mail m', 'plain a', 'mail m', 'plain a']);
    assert.deepEqual(await pass(100), []);
  });

  it('has mail go before all messages, but not to a friend who is here', async () => {
    await start();
    taking = ['plain'];
    outbox = [message('a')];
    mail = [mailFor(cat, 'keys'), mailFor(bob, 'receipts')];
    wakeup.soon();
    assert.deepEqual(await pass(), ['mail keys', 'mail receipts', 'plain a']);
    open = [bob];
    wakeup.soon();
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
