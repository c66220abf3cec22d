import { parseArgs } from 'node:util';
import type { TownSize } from '../../test/simulation/support/town/plans/make-plan';

/** What the command is asked for. */
export interface ReliabilityOptions {
  /** Of one town. */
  readonly size: TownSize;
  readonly seed: string;
  /** Towns, side by side in processes of their own: `--towns 20` is a million messages. */
  readonly towns: number;
  readonly crypto: 'real' | 'cheap';
  /** Looks for the smallest plan that still fails, for so many minutes. */
  readonly shrinkMinutes: number | undefined;
  /** A plan in a file, in place of those from the seed. */
  readonly replay: string | undefined;
  /** Runs the suites of kills and faults too, and puts all figures into docs/RELIABILITY.md. */
  readonly write: boolean;
  /** Where the figures go, as JSON. */
  readonly results: string | undefined;
}

/** The seed of each town. */
export function seedsOf({ seed, towns }: Pick<ReliabilityOptions, 'seed' | 'towns'>): string[] {
  return Array.from({ length: towns }, (_, i) => (towns === 1 ? seed : `${seed}-${i + 1}`));
}

/** @throws TypeError an option that there is not, or a number that is none */
export function readOptions(args: readonly string[]): ReliabilityOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: 'string', default: '100' },
      // A few of them are not accepted.
      messages: { type: 'string', default: '52000' },
      days: { type: 'string', default: '2' },
      pace: { type: 'string', default: '1' },
      seed: { type: 'string', default: 'town' },
      towns: { type: 'string', default: '2' },
      real: { type: 'boolean', default: false },
      shrink: { type: 'string' },
      replay: { type: 'string' },
      results: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const { users, messages, days, pace, towns, shrink } = values;
  return {
    size: {
      users: numberOf('users', users),
      messages: numberOf('messages', messages),
      days: numberOf('days', days),
      pace: numberOf('pace', pace),
    },
    seed: values.seed,
    towns: numberOf('towns', towns),
    crypto: values.real ? 'real' : 'cheap',
    shrinkMinutes: shrink === undefined ? undefined : numberOf('shrink', shrink),
    replay: values.replay,
    write: values.write,
    results: values.results,
  };
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${name} takes a number above 0, not ${JSON.stringify(text)}.`);
  return value;
}
