import type { Timer, Timers } from '../../../lib/index';

/** Counts the listeners that something got since the count began and that were not taken away again. */
export function countListeners(target: { on: (listener: () => void) => () => void }): () => number {
  const live = new Set<object>();
  const on = target.on.bind(target);
  target.on = (listener) => {
    const entry = {};
    live.add(entry);
    const off = on(listener);
    return () => {
      live.delete(entry);
      off();
    };
  };
  return () => live.size;
}

/** Counts the timers that were begun since the count began and that neither ran nor were cancelled. */
export function countTimers(timers: Timers): { readonly count: () => number; readonly end: () => void } {
  const live = new Set<object>();
  const after = timers.after.bind(timers);
  timers.after = (ms, run): Timer => {
    const entry = {};
    live.add(entry);
    const timer = after(ms, () => {
      live.delete(entry);
      run();
    });
    const cancel = timer.cancel.bind(timer);
    return {
      ...timer,
      cancel: () => {
        live.delete(entry);
        cancel();
      },
    };
  };
  return { count: () => live.size, end: () => (timers.after = after) };
}
