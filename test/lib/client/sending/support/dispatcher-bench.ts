import { Dispatcher } from '../../../../../lib/client/sending/dispatcher';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import type { ServiceEntry } from '../../../../../lib/client/journal/service-mail';
import { sameBytes } from '../../../../../lib/bytes';
import { KeyedQueue } from '../../../../../lib/platform/queues/keyed-queue';
import { Wakeup } from '../../../../../lib/client/wakeup';
import { SimulatedTime } from '../../../../../lib/testing/simulated-platform';
import { outboxEntry, serviceEntry } from '../../support/entries';

export const bob = new Uint8Array(32).fill(1);
export const cat = new Uint8Array(32).fill(2);

interface Named {
  readonly name: string;
}
export type Message = OutboxEntry & Named;
export type Mail = ServiceEntry & Named;

export const nameOf = (waiting: object) => ('name' in waiting ? String(waiting.name) : '?');

export function message(name: string, fields: Partial<OutboxEntry> = {}): Message {
  return { ...outboxEntry({ friend: bob, lifetime: 1_000, ...fields }), name };
}

function generator<E>(list: () => E[]): () => Generator<E, void> {
  return function* () {
    yield* list();
  };
}

export function unsealed(name: string): Message {
  const { sealed: _sealed, ...rest } = message(name);
  return rest;
}

export const mailFor = (friend: Uint8Array, name: string): Mail => ({ ...serviceEntry({ friend }), name });

/** A dispatcher whose ways, queues and disk are the test's: what it does is noted, and what they say is set. */
export class DispatcherBench {
  readonly time = new SimulatedTime();
  readonly queues = new KeyedQueue();
  readonly wakeup = new Wakeup(this.time);
  readonly dispatcher: Dispatcher;
  outbox: Message[] = [];
  mail: Mail[] = [];
  /** What was offered to whom, and what else was done, in order. */
  done: string[] = [];
  /** Ways that take what they are offered. */
  taking: string[] = [];
  /** The disk gives nothing back that is to be deposited. */
  isBroken = false;
  open: Uint8Array[] = [];
  /** Monotonic times at which the ways want to be asked again, by name. */
  again: Record<string, number> = {};
  /** Those whose turn it is at a node. */
  turns: Message[] = [];
  /** Large messages that wait for their turn, whether one of them gets it now, and the age at which one may. */
  waitingForTurn: OutboxEntry[] = [];
  isTurnDue = false;
  turnEndsAt = Infinity;
  /** Behind an earlier one of its value, until an age; and what can take a key. */
  behind: object[] = [];
  behindUntil = Infinity;
  sealable: object[] = [];
  /** How often the bytes of large messages were wiped. */
  wiped = 0;
  errors: unknown[] = [];
  /** Whether the outbox has it. */
  has = (entry: OutboxEntry): boolean => this.outbox.some((each) => each === entry);

  expire = (friend: Uint8Array): Promise<void> => {
    this.done.push(`expire ${friend[0]}`);
    this.outbox = this.outbox.filter((entry) => entry.friend !== friend);
    return Promise.resolve();
  };

  constructor() {
    this.dispatcher = new Dispatcher({
      clock: this.time.clock,
      timers: this.time.timers,
      ages: { now: () => Math.floor(this.time.clock.monotonic() / 1000) },
      outbox: {
        entries: () => this.outbox,
        of: (friend) =>
          this.outbox.filter((entry) => entry.friend === friend || sameBytes(entry.friend, friend)),
        has: (entry) => this.has(entry),
      },
      queues: this.queues,
      wakeup: this.wakeup,
      completion: { expire: (friend) => this.expire(friend) },
      direct: {
        consider: this.#offer('direct'),
        isHere: (friend) => this.open.includes(friend),
        offersAgainAt: (waiting) => this.#later(`direct ${nameOf(waiting)}`),
        turns: generator<never>(() => []),
      },
      plain: {
        consider: (waiting) =>
          this.#offer('plain')(waiting) ? this.#later(`plain ${nameOf(waiting)}`) : undefined,
      },
      overdue: { look: (waiting) => this.#later(`overdue ${nameOf(waiting)}`) / 1000 },
      reasonChanges: { look: (waiting) => this.#later(`reason of ${nameOf(waiting)}`) },
      deposits: { consider: this.#deposit('nodes'), turns: generator(() => this.turns.splice(0)) },
      chunkDeposits: { consider: this.#deposit('chunks'), turns: generator<never>(() => []) },
      payloads: { close: () => (this.wiped += 1) },
      turns: {
        has: (entry) => !this.waitingForTurn.includes(entry),
        isDue: () => this.isTurnDue,
        endsAt: () => this.turnEndsAt,
        pass: (friend) => {
          [this.waitingForTurn, this.isTurnDue] = [[], false];
          this.done.push(`pass ${friend[0]}`);
          return Promise.resolve(true);
        },
      },
      sealTime: {
        isBehind: (entry) => this.behind.includes(entry),
        behindUntil: () => this.behindUntil,
      },
      resealer: {
        canSeal: (entry) => this.sealable.includes(entry),
        sealWaiting: (friend) => {
          this.done.push(`seal ${friend[0]}`);
          this.sealable = [];
          if (this.isBroken) return Promise.reject(new Error('the disk is gone'));
          this.wakeup.friend(friend);
          return Promise.resolve();
        },
      },
      mail: { entries: () => this.mail, has: (entry) => this.mail.some((each) => each === entry) },
      serviceDeposits: { consider: this.#deposit('mail'), turns: generator<never>(() => []) },
      hooks: { onError: (error) => this.errors.push(error) },
    });
  }

  /** What is done within `ms`. */
  async pass(ms = 1): Promise<string[]> {
    await this.time.advance(ms);
    return this.done.splice(0);
  }

  async start(): Promise<void> {
    this.dispatcher.start();
    await this.pass();
  }

  /** What is done with a message at once. */
  dispatch(waiting: Message): string[] {
    this.dispatcher.dispatch(waiting);
    return this.done.splice(0);
  }

  #offer(way: string): (waiting: object) => boolean {
    return (waiting) => {
      this.done.push(`${way} ${nameOf(waiting)}`);
      return this.taking.includes(way);
    };
  }

  #deposit(way: string): (waiting: object) => number {
    return (waiting) => {
      this.done.push(`${way} ${nameOf(waiting)}`);
      if (this.isBroken) throw new Error(`${nameOf(waiting)} cannot be read`);
      return this.#later(nameOf(waiting));
    };
  }

  #later(name: string): number {
    const at = this.again[name] ?? Infinity;
    return at > this.time.clock.monotonic() ? at : Infinity;
  }
}
