import { systemClock } from '../clock';
import type { Platform } from '../platform';
import { systemRandom } from '../random';
import { systemDisk } from './system-disk';
import { systemKeepAlive, systemTimers } from '../timers';

/** The real machine. */
export const systemPlatform: Platform = {
  keepAlive: systemKeepAlive,
  clock: systemClock,
  random: systemRandom,
  timers: systemTimers,
  disk: systemDisk,
};
