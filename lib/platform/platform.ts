import type { Clock } from './clock';
import type { Disk } from './disk';
import type { Random } from './random';
import type { Timer, Timers } from './timers';

/** Everything the core takes from the machine. A seed behind these replays a whole network exactly. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly disk: Disk;
  /** Keeps the process running until the result is cancelled: timers alone don't. */
  readonly keepAlive?: () => Timer;
}
