/** Time as the machine tells it. Ages that must survive a restart come from store/directory/age-clock.ts instead. */
export interface Clock {
  /** Wall clock, Unix milliseconds; may jump. For display and for the age clock only. */
  wall(): number;
  /** Milliseconds since an arbitrary start; never goes back, may pause while the machine sleeps. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};
