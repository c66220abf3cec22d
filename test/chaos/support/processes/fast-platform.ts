import type { Platform } from '../../../../lib/platform/platform';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';

/** Back-offs of half a minute are over in some seconds; what waits for an event is not faster. */
const FACTOR = 10;

/** The real machine with time that runs faster, the same in all processes that name the same epoch (Unix ms). */
export function fastPlatform(epoch: number): Platform {
  const { clock, timers } = systemPlatform;
  return {
    ...systemPlatform,
    clock: {
      wall: () => epoch + (clock.wall() - epoch) * FACTOR,
      monotonic: () => clock.monotonic() * FACTOR,
      elapsed: () => clock.monotonic() * FACTOR,
    },
    timers: { after: (ms, run) => timers.after(ms / FACTOR, run) },
  };
}
