import { ByteMap } from '../../byte-map';
import type { Clock } from '../../platform/clock';
import { SerialQueue } from '../../platform/queues/serial-queue';
import type { Timer, Timers } from '../../platform/timers';
import type { Logger, PublicKey } from '../../types';
import type { FleetFriend, FleetRegister } from './fleet-register';

/** Our own friends are published again after this time, so that the register knows that we are there; milliseconds. */
const PUBLISH_EVERY = 3_600_000;
/** What others published is read again after this time, and what could not be published is tried again, milliseconds. */
const LOOK_EVERY = 10_000;
/** And for a mailbox that is not known, unless it was read a moment ago: a stranger's mail must cost nothing. */
const READ_AGAIN_AFTER = 1_000;

/** What a node needs to know the friends of the others. */
export interface FleetFriendsComponents {
  readonly register: FleetRegister;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Timers;
  readonly log: Pick<Logger, 'warn'>;
}

/** The friends of all nodes of a fleet, as this one knows them. */
export class FleetFriends {
  readonly #components: FleetFriendsComponents;
  readonly #self: PublicKey;
  readonly #queue = new SerialQueue();
  #own: readonly FleetFriend[] = [];
  #all = new ByteMap<FleetFriend>();
  #readAt = -Infinity;
  #reading: Promise<void> = Promise.resolve();
  /** When what is ours now was published; -Infinity: it was not. */
  #publishedAt = -Infinity;
  #timer: Timer | undefined;
  #running = false;
  #failed = false;

  constructor(components: FleetFriendsComponents, self: PublicKey) {
    this.#components = components;
    this.#self = self;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#queue.run(() => Promise.resolve());
  }

  /** How many there are; our own ones at once, of others those that were read last. */
  get count(): number {
    return this.#all.size;
  }

  all(): Iterable<FleetFriend> {
    return this.#all.values();
  }

  /** Our own friends are these now. */
  replaceOwn(friends: readonly FleetFriend[]): void {
    this.#own = friends;
    this.#publishedAt = -Infinity;
    for (const friend of friends) this.#all.set(friend.mailbox, friend);
    if (this.#running) void this.#publish();
  }

  /** Whether it is the mailbox of a friend of any node. */
  async has(mailbox: Uint8Array): Promise<boolean> {
    if (this.#all.has(mailbox)) return true;
    if (this.#components.clock.monotonic() - this.#readAt >= READ_AGAIN_AFTER) void this.#read();
    // Also for those who ask while it is being read for another.
    await this.#reading;
    return this.#all.has(mailbox);
  }

  async #look(): Promise<void> {
    const { clock, timers } = this.#components;
    if (clock.monotonic() - this.#publishedAt >= PUBLISH_EVERY) await this.#publish();
    await this.#read();
    if (this.#running) this.#timer = timers.after(LOOK_EVERY, () => void this.#look());
  }

  #publish(): Promise<void> {
    return this.#try(async () => {
      const own = this.#own;
      await this.#components.register.publish(this.#self, own);
      if (own === this.#own) this.#publishedAt = this.#components.clock.monotonic();
    });
  }

  #read(): Promise<void> {
    this.#readAt = this.#components.clock.monotonic();
    this.#reading = this.#try(async () => {
      const read = await this.#components.register.read();
      const all = new ByteMap(read.map((friend) => [friend.mailbox, friend] as const));
      // A database that was restored, or whose standby was promoted, may have forgotten what was published.
      if (this.#own.some(({ mailbox }) => !all.has(mailbox))) this.#publishedAt = -Infinity;
      for (const friend of this.#own) all.set(friend.mailbox, friend);
      this.#all = all;
    });
    return this.#reading;
  }

  /** Never rejects: what was known stays, and it is tried again. A series of failures is logged once. */
  #try(work: () => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      try {
        await work();
        this.#failed = false;
      } catch (error) {
        if (!this.#failed)
          this.#components.log.warn(`The friends of the fleet are not known: ${String(error)}`);
        this.#failed = true;
      }
    });
  }
}
