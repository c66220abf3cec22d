/**
 * Steps at which a process can die: before a batch goes to the store and after it is durable but before anybody was
 * told; before and after a write, a sync, a replacement or a removal on the disk; before and after a packet leaves;
 * before and after a message is handed over; after a message was accepted; after its directory was opened and after it
 * started.
 */
export const FAULT_POINTS = [
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
export type FaultPoint = (typeof FAULT_POINTS)[number];

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
    this.#die();
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
