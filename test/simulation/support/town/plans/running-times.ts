import type { Incident } from './plan';

/** Whether a resident's machine runs at a moment, milliseconds, as far as the plan says. */
export type Runs = (who: number, at: number) => boolean;

/** A start takes a moment, milliseconds, before anything can be sent. */
const STARTING = 5_000;

/** A machine that is to crash within a while counts as down from the beginning of it. */
export function runningTimes(incidents: readonly Incident[]): Runs {
  const changes = new Map<number, { readonly at: number; readonly runs: boolean }[]>();
  for (const incident of incidents) {
    if (incident.kind !== 'start' && incident.kind !== 'stop' && incident.kind !== 'crash') continue;
    const { kind, who, at } = incident;
    const own = changes.get(who) ?? [];
    changes.set(who, own);
    own.push(kind === 'start' ? { at: at + STARTING, runs: true } : { at, runs: false });
  }
  for (const own of changes.values()) own.sort((a, b) => a.at - b.at);
  return (who, at) => changes.get(who)?.findLast((change) => change.at <= at)?.runs ?? true;
}
