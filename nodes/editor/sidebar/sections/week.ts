import type { HourView } from '../../../sidebar/view.js';

/** Hours that a history goes back. */
export const HOURS = 168;

/** One hour in the chart: where it stands, 0 for the oldest, and how far it goes up and down, as a part of the most. */
export interface Bar {
  readonly at: number;
  readonly up: number;
  readonly down: number;
  readonly hour: HourView;
}

/** The sums of a history, and the highest count. */
export interface Week {
  readonly bars: readonly Bar[];
  readonly delivered: number;
  readonly received: number;
  readonly failed: number;
  readonly mostUnfinished: number;
}

export function weekOf(hours: readonly HourView[]): Week {
  const shown = hours.map((hour) => ({ hour, at: HOURS - 1 - Math.floor(hour.age / 3600) }));
  const within = shown.filter(({ at }) => at >= 0 && at < HOURS);
  const sum = (count: (hour: HourView) => number) =>
    within.reduce((total, { hour }) => total + count(hour), 0);
  const most = Math.max(1, ...within.map(({ hour }) => Math.max(hour.delivered, hour.received)));
  return {
    bars: within
      .filter(({ hour }) => hour.delivered > 0 || hour.received > 0)
      .map(({ hour, at }) => ({ hour, at, up: hour.delivered / most, down: hour.received / most })),
    delivered: sum(({ delivered }) => delivered),
    received: sum(({ received }) => received),
    failed: sum(({ failed }) => failed),
    mostUnfinished: Math.max(0, ...within.map(({ hour }) => hour.mostUnfinished)),
  };
}
