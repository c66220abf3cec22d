import { systemTimers, type Timers } from '../../../lib/platform/timers';

/** Every wait takes this part of its time: what needs minutes of patience is seen in seconds. */
export function quickTimers(part: number): Timers {
  return { after: (ms, run) => systemTimers.after(ms * part, run) };
}
