import type { Timer, Timers } from '../../../lib/platform/timers';

/**
 * Steps on the machine at which a process can die: before a batch goes to the store and after it is durable but
 * before anybody heard of it; before and after a write, a sync, a replacement or a removal on the disk; before and after
 * a packet leaves; before and after a message is handed over; after a message was accepted; after its directory was
 * opened and after it started.
 */
export const MACHINE_POINTS = [
  'commit',
  'committed',
  'write',
  'written',
  'synced',
  'replace',
  'replaced',
  'packet',
  'sent',
  'hand',
  'handed',
  'accepted',
  'opened',
  'started',
] as const;

/** What the batches of sending, receiving, storing and of key life change. */
const TABLES = [
  // Sending: accepted and sealed (spending a held key), copies, the end and who heard of it.
  'outbox',
  'outbox-envelope',
  'held-key',
  'finished',
  'unannounced',
  'unannounced-overdue',
  // Receiving: taken (with the key's death), marked as handed over, erased; what is owed for it.
  'inbox',
  'issued-key',
  'tombstone-tag',
  'owed-receipt',
  'owed-delete',
  'vault-dead',
  // Exchange: issued or acknowledged, and taken.
  'issued-batch',
  'held-batch',
  // Mail held for a friend.
  'me',
] as const;

/** Before and after batches that change one of these tables. */
export const COMMIT_POINTS = TABLES.flatMap((table) => [
  `commit ${table}` as const,
  `committed ${table}` as const,
]);

export const FAULT_POINTS = [...MACHINE_POINTS, ...COMMIT_POINTS];
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Whether batches that change this table are fault points of their own. */
export function isFaultTable(name: string): name is (typeof TABLES)[number] {
  return (TABLES as readonly string[]).includes(name);
}

/** Where a process is to die: at the `occurrence`th time (from 1) that it reaches `point`. */
export interface FaultPlan {
  readonly point: FaultPoint;
  readonly occurrence: number;
}

/**
 * One run of a program, from its start to its death. The wrappers of faulty-platform.ts let nothing in or out any
 * more once it is dead, so that what still executes of it has no effect, as after a SIGKILL.
 */
export class Life {
  dead = false;
  readonly #die: () => void;
  #plan: FaultPlan | undefined;
  #reached = 0;
  /** All that a dead process would be remembered by. */
  readonly #timers = new Set<Timer>();

  /** @param die ends the real process, or tells the simulation; called once */
  constructor(die: () => void, plan?: FaultPlan) {
    this.#die = die;
    this.#plan = plan;
  }

  /** From now on this is where it dies; counted from here. */
  arm(plan: FaultPlan | undefined): void {
    this.#plan = plan;
    this.#reached = 0;
  }

  /** There is a point at which it dies. */
  get isArmed(): boolean {
    return this.#plan !== undefined;
  }

  /** Gives whether it lives on. */
  reach(point: FaultPoint): boolean {
    if (!this.dead && point === this.#plan?.point) {
      this.#reached += 1;
      if (this.#reached === this.#plan.occurrence) this.end();
    }
    return !this.dead;
  }

  end(): void {
    if (this.dead) return;
    this.dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#die();
  }

  /** A timer of the process. */
  timer(timers: Timers, ms: number, run: () => void): Timer {
    const timer = timers.after(ms, () => {
      this.#timers.delete(timer);
      if (!this.dead) run();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  /** What happens outside of the process: a dead one neither begins it nor hears of its end. */
  outside<T>(task: () => Promise<T>): Promise<T> {
    if (this.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      task().then(
        (value) => {
          if (!this.dead) resolve(value);
        },
        (error: unknown) => {
          if (!this.dead) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
