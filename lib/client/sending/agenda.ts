import type { Clock } from '../../platform/clock';
import { MinHeap } from '../../platform/queues/min-heap';
import type { Timer, Timers } from '../../platform/timers';

/**
 * The machine may sleep, and timers with it: the agenda looks at the clocks when so much of the time until its first date
 * is over, but not more often than this, milliseconds. What is far off may be noticed the later for it.
 */
const NAP_PART = 1 / 8;
const SHORTEST_NAP = 60_000;
/** Milliseconds by which ages may run ahead of the timers before the machine must have slept. */
const SLEPT = 2_000;
/** Dates that were put off are thrown away when they are more than the others by this many. */
const SPARE = 64;

interface Appointment<E> {
  readonly entry: E;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export interface AgendaComponents {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Timers;
  /** Durable seconds, those included in which the machine slept. */
  readonly ages: { now(): number };
}

export interface AgendaInit<E> {
  /** An entry's time has come. */
  readonly onDue: (entry: E) => void;
  /** The machine slept: what was to come by age may be due already. */
  readonly onSlept: () => void;
}

/**
 * When each waiting entry is looked at next, though nothing happens until then. Each has one date, the earliest that it
 * was given. One timer serves all, and there is none while there is no date.
 */
export class Agenda<E extends object> {
  readonly #components: AgendaComponents;
  readonly #init: AgendaInit<E>;
  readonly #dates = new MinHeap<Appointment<E>>((a, b) => a.at < b.at);
  readonly #next = new Map<E, number>();
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  /** Milliseconds that ages are ahead of the monotonic clock. */
  #lead: number | undefined;
  #running = false;

  constructor(components: AgendaComponents, init: AgendaInit<E>) {
    this.#components = components;
    this.#init = init;
  }

  start(): void {
    this.#running = true;
    this.#lead = this.#leadNow();
  }

  /** Forgets all dates. */
  stop(): void {
    this.#running = false;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    this.#dates.clear();
    this.#next.clear();
  }

  /** Monotonic milliseconds at which the ages will say `age`, unless the machine sleeps. */
  timeOf(age: number): number {
    const { clock, ages } = this.#components;
    return clock.monotonic() + (age - ages.now()) * 1000;
  }

  /** @param at monotonic milliseconds; Infinity: nothing but an event makes a difference */
  put(entry: E, at: number): void {
    if (!this.#running || at === Infinity || at >= (this.#next.get(entry) ?? Infinity)) return;
    this.#next.set(entry, at);
    this.#dates.push({ entry, at });
    if (this.#dates.size > 2 * this.#next.size + SPARE) this.#dates.retain((date) => this.#stands(date));
    this.#arm();
  }

  /** It is finished. */
  drop(entry: E): void {
    this.#next.delete(entry);
  }

  #stands({ entry, at }: Appointment<E>): boolean {
    return this.#next.get(entry) === at;
  }

  #arm(): void {
    const first = this.#dates.peek();
    if (first === undefined) return;
    const now = this.#components.clock.monotonic();
    const wait = Math.max(first.at - now, 0);
    const at = now + Math.min(wait, Math.max(SHORTEST_NAP, wait * NAP_PART));
    if (this.#timer !== undefined) {
      if (this.#timer.at <= at) return;
      this.#timer.timer.cancel();
    }
    const timer = this.#components.timers.after(at - now, () => this.#ring());
    this.#timer = { at, timer };
  }

  #ring(): void {
    this.#timer = undefined;
    const lead = this.#leadNow();
    const slept = lead - (this.#lead ?? lead) > SLEPT;
    this.#lead = lead;
    if (slept) this.#init.onSlept();
    const now = this.#components.clock.monotonic();
    for (let date = this.#dates.peek(); date !== undefined && date.at <= now; date = this.#dates.peek()) {
      this.#dates.pop();
      if (!this.#stands(date)) continue;
      this.#next.delete(date.entry);
      this.#init.onDue(date.entry);
    }
    if (this.#running) this.#arm();
  }

  #leadNow(): number {
    const { clock, ages } = this.#components;
    return ages.now() * 1000 - clock.monotonic();
  }
}
