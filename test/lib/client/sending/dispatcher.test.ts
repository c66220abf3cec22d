import assert from 'node:assert/strict';
import { Dispatcher } from '../../../../lib/client/sending/dispatcher';
import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import type { ServiceEntry } from '../../../../lib/client/journal/service-mail';
import { sameBytes } from '../../../../lib/bytes';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
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

function message(name: string, fields: Partial<OutboxEntry> = {}): Message {
  return { ...outboxEntry({ friend: bob, lifetime: 1_000, ...fields }), name };
}

function generator<E>(list: () => E[]): () => Generator<E, void> {
  return function* () {
    yield* list();
  };
}

function unsealed(name: string): Message {
  const { sealed: _sealed, ...rest } = message(name);
  return rest;
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
  /** The disk gives nothing back that is to be deposited. */
  let isBroken: boolean;
  let open: Uint8Array[];
  /** Monotonic times at which the ways want to be asked again, by name. */
  let again: Record<string, number>;
  /** Those whose turn it is at a node. */
  let turns: Message[];
  /** Large messages that wait for their turn, whether one of them gets it now, and the age at which one may. */
  let waitingForTurn: OutboxEntry[];
  /** Behind an earlier one of its value, until an age; and what can take a key. */
  let behind: object[];
  let behindUntil: number;
  let sealable: object[];
  let isTurnDue: boolean;
  let turnEndsAt: number;
  /** How often the bytes of large messages were wiped. */
  let wiped: number;
  let expire: (friend: Uint8Array) => Promise<void>;
  let errors: unknown[];
  let queues: KeyedQueue;
  let wakeup: Wakeup;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    time = new SimulatedTime();
    [outbox, mail, done, taking, open, turns, errors] = [[], [], [], [], [], [], []];
    again = {};
    isBroken = false;
    [waitingForTurn, isTurnDue, turnEndsAt, wiped] = [[], false, Infinity, 0];
    [behind, behindUntil, sealable] = [[], Infinity, []];
    queues = new KeyedQueue();
    wakeup = new Wakeup(time);
    has = (entry) => outbox.some((each) => each === entry);
    expire = (friend) => {
      done.push(`expire ${friend[0]}`);
      outbox = outbox.filter((entry) => entry.friend !== friend);
      return Promise.resolve();
    };
    const offer = (way: string) => (waiting: object) => {
      done.push(`${way} ${nameOf(waiting)}`);
      return taking.includes(way);
    };
    const later = (name: string) => {
      const at = again[name] ?? Infinity;
      return at > time.clock.monotonic() ? at : Infinity;
    };
    const deposit = (way: string) => (waiting: object) => {
      done.push(`${way} ${nameOf(waiting)}`);
      if (isBroken) throw new Error(`${nameOf(waiting)} cannot be read`);
      return later(nameOf(waiting));
    };
    dispatcher = new Dispatcher({
      clock: time.clock,
      timers: time.timers,
      ages: { now: () => Math.floor(time.clock.monotonic() / 1000) },
      outbox: {
        entries: () => outbox,
        of: (friend) => outbox.filter((entry) => entry.friend === friend || sameBytes(entry.friend, friend)),
        has: (entry) => has(entry),
      },
      queues,
      wakeup,
      completion: { expire: (friend) => expire(friend) },
      direct: {
        consider: offer('direct'),
        isHere: (friend) => open.includes(friend),
        offersAgainAt: (waiting) => later(`direct ${nameOf(waiting)}`),
        turns: generator<never>(() => []),
      },
      plain: {
        consider: (waiting) => (offer('plain')(waiting) ? later(`plain ${nameOf(waiting)}`) : undefined),
      },
      overdue: { look: (waiting) => later(`overdue ${nameOf(waiting)}`) / 1000 },
      reasonChanges: { look: (waiting) => later(`reason of ${nameOf(waiting)}`) },
      deposits: { consider: deposit('nodes'), turns: generator(() => turns.splice(0)) },
      chunkDeposits: { consider: deposit('chunks'), turns: generator<never>(() => []) },
      payloads: { close: () => (wiped += 1) },
      turns: {
        has: (entry) => !waitingForTurn.includes(entry),
        isDue: () => isTurnDue,
        endsAt: () => turnEndsAt,
        pass: (friend) => {
          [waitingForTurn, isTurnDue] = [[], false];
          done.push(`pass ${friend[0]}`);
          return Promise.resolve(true);
        },
      },
      sealTime: {
        isBehind: (entry) => behind.includes(entry),
        behindUntil: () => behindUntil,
      },
      resealer: {
        canSeal: (entry) => sealable.includes(entry),
        sealWaiting: (friend) => {
          done.push(`seal ${friend[0]}`);
          sealable = [];
          if (isBroken) return Promise.reject(new Error('the disk is gone'));
          wakeup.friend(friend);
          return Promise.resolve();
        },
      },
      mail: { entries: () => mail, has: (entry) => mail.some((each) => each === entry) },
      serviceDeposits: { consider: deposit('mail'), turns: generator<never>(() => []) },
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
    outbox = [unsealed('a')];
    assert.deepEqual(dispatch(outbox[0] as Message), ['plain a']);
  });

  it('lets a message be that is finished', async () => {
    await start();
    assert.deepEqual(dispatch(message('a')), []);
  });

  it('does nothing before its start, nor after its stop, and leaves no timer', async () => {
    outbox = [message('a')];
    const [a] = outbox as [Message];
    wakeup.all();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    wakeup.all();
    dispatcher.stop();
    assert.equal(time.pendingTimers, 0);
    wakeup.all();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual([dispatch(a), await pass(10_000)], [[], []]);
    await start();
    wakeup.all();
    assert.ok((await pass()).includes('nodes a'), 'and it can start again');
  });

  it('looks at all once, after the present events, however often it is called', async () => {
    await start();
    outbox = [message('a'), message('b')];
    for (let i = 0; i < 3; i += 1) wakeup.all();
    assert.deepEqual(done, []);
    assert.deepEqual(await pass(), ['plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b']);
    assert.deepEqual(await pass(100), []);
  });

  it('looks once more when it is called while it looks', async () => {
    await start();
    mail = [mailFor(bob, 'm')];
    outbox = [message('a')];
    let calls = true;
    has = (entry) => {
      if (calls) wakeup.all();
      calls = false;
      return nameOf(entry) === 'a';
    };
    taking = ['plain'];
    wakeup.all();
    assert.deepEqual(await pass(2), ['mail m', 'plain a', 'mail m', 'plain a']);
    assert.deepEqual(await pass(100), []);
  });

  it('has mail go before all messages, but not to a friend who is here', async () => {
    await start();
    taking = ['plain'];
    outbox = [message('a')];
    mail = [mailFor(cat, 'keys'), mailFor(bob, 'receipts')];
    wakeup.all();
    assert.deepEqual(await pass(), ['mail keys', 'mail receipts', 'plain a']);
    open = [bob];
    wakeup.all();
    assert.deepEqual(await pass(), ['mail keys', 'plain a']);
  });

  it('looks at all at its start, and then at nothing that nothing happens to', async () => {
    outbox = [message('a'), message('b')];
    taking = ['plain'];
    dispatcher.start();
    assert.deepEqual(await pass(), ['plain a', 'plain b']);
    assert.deepEqual(await pass(990_000), []);
  });

  it('looks at what an event names, and at nothing else', async () => {
    outbox = [message('a'), message('b'), message('c', { friend: cat })];
    mail = [mailFor(cat, 'keys'), mailFor(bob, 'receipts')];
    taking = ['plain'];
    await start();
    done = [];
    wakeup.message(outbox[1] as Message);
    assert.deepEqual(await pass(), ['plain b']);
    wakeup.friend(cat);
    assert.deepEqual(await pass(), ['mail keys', 'plain c']);
    wakeup.mail(mail[1] as Mail);
    assert.deepEqual(await pass(), ['mail receipts']);
  });

  it('looks at a message again when a way asks for it, the earliest first', async () => {
    outbox = [message('a'), message('b')];
    again = { a: 7_000, 'direct a': 3_000, b: 5_000 };
    await start();
    done = [];
    assert.deepEqual(await pass(2_990), []);
    assert.deepEqual(await pass(20), ['plain a', 'direct a', 'nodes a']);
    assert.deepEqual(await pass(2_000), ['plain b', 'direct b', 'nodes b']);
    assert.deepEqual(await pass(2_000), ['plain a', 'direct a', 'nodes a']);
    taking = ['plain'];
    again = { 'plain a': 9_000 };
    wakeup.all();
    await pass();
    assert.deepEqual(await pass(3_000), ['plain a']);
  });

  it('looks at a message when it is overdue, whatever way it took', async () => {
    outbox = [message('a')];
    taking = ['plain'];
    again = { 'overdue a': 50_000 };
    await start();
    done = [];
    assert.deepEqual(await pass(49_900), []);
    assert.deepEqual(await pass(200), ['plain a']);
    assert.deepEqual(await pass(100_000), []);
  });

  it('goes on to the next when the disk does not give one back, and tries it again in a minute', async () => {
    await start();
    outbox = [message('a'), message('b')];
    mail = [mailFor(bob, 'keys')];
    isBroken = true;
    wakeup.all();
    const looks = ['mail keys', 'plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b'];
    assert.deepEqual(await pass(), looks);
    const reports = ['keys', 'a', 'b'].map((each) => `Error: ${each} cannot be read`);
    assert.deepEqual(errors.map(String), reports);
    assert.deepEqual(await pass(59_000), []);
    isBroken = false;
    assert.deepEqual((await pass(2_000)).sort(), looks.sort());
    assert.equal(errors.length, 3);
  });

  it('looks at those whose turn it is after what was named', async () => {
    await start();
    outbox = [message('a'), message('b')];
    taking = ['plain'];
    turns = [outbox[1] as Message];
    wakeup.message(outbox[0] as Message);
    assert.deepEqual(await pass(), ['plain a', 'plain b']);
  });

  it('ends what is over when it is over, in the queue of its friend, and once for all of it', async () => {
    outbox = [
      message('a', { lifetime: 60 }),
      message('b', { lifetime: 60 }),
      message('c', { friend: cat, lifetime: 60 }),
    ];
    taking = ['plain'];
    await start();
    done = [];
    let release = () => {};
    void queues.run(bob, () => new Promise<void>((resolve) => (release = resolve)));
    assert.deepEqual(await pass(59_990), []);
    assert.deepEqual(await pass(20), ['expire 2']);
    release();
    assert.deepEqual(await pass(), ['expire 1']);
    assert.deepEqual(await pass(100_000), []);
  });

  it('looks at urgent messages before the others, whatever happened', async () => {
    outbox = [message('a'), message('b', { isUrgent: true }), message('c')];
    const [a, b, c] = outbox;
    assert.ok(a && b && c);
    dispatcher.start();
    const firsts = async () => (await pass()).filter((each) => each.startsWith('direct'));
    const expected = ['direct b', 'direct a', 'direct c'];
    assert.deepEqual(await firsts(), expected);
    wakeup.friend(bob);
    assert.deepEqual(await firsts(), expected);
    for (const each of [a, c, b]) wakeup.message(each);
    assert.deepEqual(await firsts(), expected);
  });

  it('keeps one that is behind an earlier value, and looks again when that is over', async () => {
    outbox = [message('a')];
    [behind, behindUntil] = [[...outbox], 600];
    await start();
    done = [];
    wakeup.all();
    assert.deepEqual(await pass(599_000), []);
    behind = [];
    assert.deepEqual(await pass(2_000), ['plain a', 'direct a', 'nodes a']);
  });

  it('has those sealed that can be, once for all of a friend, and goes on then', async () => {
    outbox = [message('a'), message('b')];
    sealable = [...outbox];
    dispatcher.start();
    assert.deepEqual(
      (await pass(1)).filter((each) => each.startsWith('seal')),
      ['seal 1'],
    );
    assert.deepEqual(await pass(1), ['plain a', 'direct a', 'nodes a', 'plain b', 'direct b', 'nodes b']);
  });

  it('tries it again in a minute when the disk refuses that', async () => {
    outbox = [message('a')];
    sealable = [...outbox];
    isBroken = true;
    dispatcher.start();
    await pass(1);
    assert.equal(errors.length, 1);
    isBroken = false;
    sealable = [...outbox];
    assert.deepEqual(await pass(59_000), []);
    assert.deepEqual((await pass(2_000)).slice(0, 2), ['plain a', 'seal 1']);
  });

  it('names what fails at that, and tries it again', async () => {
    outbox = [message('a', { lifetime: 60 })];
    await start();
    expire = () => Promise.reject(new Error('disk'));
    await pass(60_010);
    assert.deepEqual(errors.map(String), ['Error: disk']);
    await pass(5_010);
    assert.equal(errors.length, 2);
  });

  describe('of large messages', () => {
    const large = (name: string): Message => ({ ...message(name), large: { chunks: 2 } });

    it('offers nodes the chunks behind everything else, and not while the friend takes them', async () => {
      outbox = [large('a'), message('b')];
      await start();
      done = [];
      wakeup.all();
      assert.deepEqual(await pass(), [
        ...['plain a', 'direct a', 'nodes a'],
        ...['plain b', 'direct b', 'nodes b'],
        'chunks a',
      ]);
      taking = ['direct'];
      wakeup.all();
      assert.deepEqual(await pass(), ['plain a', 'direct a', 'plain b', 'direct b']);
    });

    it('looks again when a chunk may be offered', async () => {
      outbox = [large('a')];
      again = { a: 5_000 };
      await start();
      done = [];
      assert.deepEqual(await pass(5_000), ['plain a', 'direct a', 'nodes a', 'chunks a']);
    });

    it('lets one that has not its turn be until the turn ends, and seals it then', async () => {
      outbox = [large('a')];
      [waitingForTurn, turnEndsAt] = [[...outbox], 30];
      await start();
      done = [];
      wakeup.all();
      assert.deepEqual(await pass(29_000), ['plain a']);
      isTurnDue = true;
      assert.deepEqual(
        [...new Set(await pass(2_000))],
        ['plain a', 'pass 1', 'seal 1', 'direct a', 'nodes a', 'chunks a'],
      );
    });

    it('passes a turn once, however many wait for it', async () => {
      outbox = [large('a'), large('b')];
      [waitingForTurn, isTurnDue] = [[...outbox], true];
      dispatcher.start();
      assert.equal((await pass(2)).filter((each) => each === 'pass 1').length, 1);
    });

    it('wipes their bytes at its stop', async () => {
      await start();
      dispatcher.stop();
      assert.equal(wiped, 1);
    });
  });
});
