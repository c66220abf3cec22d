import type { TownFigures } from './run-town';
import { FAULTS, type Violation } from './town-ledger';

/** 12,345 */
const count = (value: number) => value.toLocaleString('en-US');

const listOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([word, times]) => `${count(times)} ${word}`)
    .join(', ');

/** What a town was and what came of it, as lines of a name and a value. */
export function rowsOf(figures: TownFigures, violations: readonly Violation[]): [string, string][] {
  const { users, nodes, liars, days, incidents, accepted, owed, arrived, redelivered, late, latest } =
    figures;
  const { send: _sends, ...upsets } = incidents;
  const faults = FAULTS.map(
    (fault) => [fault, violations.filter((each) => each.fault === fault).length] as const,
  );
  return [
    ['Users, honest nodes, nodes that lie', `${users}, ${nodes}, ${liars}`],
    ['Simulated days', days.toFixed(1)],
    ['What happened to them', listOf(upsets)],
    ['Messages accepted', count(accepted)],
    ['that had a path of 10 minutes', `${count(owed.direct)} direct, ${count(owed.stored)} through nodes`],
    ['that arrived', count(arrived)],
    ['Handed over again, and marked so', count(redelivered)],
    [
      'Arrived after the path was over',
      late === 0 ? '0' : `${count(late)}, by ${(latest / 60_000).toFixed(1)} minutes at most`,
    ],
    ['How they ended', listOf(figures.endings)],
    ['Still in an outbox', count(figures.alive)],
    ['Forgotten with a directory that was put back', count(figures.forgotten)],
    ...faults.map(([fault, times]): [string, string] => [`Violations: ${fault}`, count(times)]),
  ];
}

export function reportOf(figures: TownFigures, violations: readonly Violation[] = []): string {
  return rowsOf(figures, violations)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
