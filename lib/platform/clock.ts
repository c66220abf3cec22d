import os from 'node:os';

/** Time as the machine tells it. Ages that must survive a restart come from store/directory/age-clock.ts instead. */
export interface Clock {
  /** Wall clock, Unix milliseconds; may jump. For display and for the age clock only. */
  wall(): number;
  /** Milliseconds since an arbitrary start; never goes back, may pause while the machine is suspended. */
  monotonic(): number;
  /**
   * Milliseconds since an arbitrary start, those included in which the machine was suspended; whole seconds at
   * worst. Undefined when the machine cannot tell. For the age clock only.
   */
  elapsed(): number | undefined;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  elapsed: () => elapsedOn(process.platform),
};

/**
 * Node's monotonic clock pauses with the machine on Linux alone. There the uptime goes on (CLOCK_BOOTTIME); on macOS
 * and the BSDs the uptime is reckoned from the wall clock, and nobody may turn ages by that.
 */
function elapsedOn(platform: NodeJS.Platform): number | undefined {
  if (platform !== 'linux' && platform !== 'android') return performance.now();
  try {
    return os.uptime() * 1000;
  } catch {
    return undefined;
  }
}
