import { DAY } from '../../../../support/world';
import { Lineage } from '../../lives';
import type { Incident, Resident, TownPlan } from './plan';
import type { Letter } from '../town-ledger';

/** Two users, 0 and 1, and their node, 2. */
export function residents(node: Partial<Resident> = {}): Resident[] {
  const user = { kind: 'user', stores: false, skew: 0, capBytes: 1_000_000 } as const;
  return [
    { ...user, name: 'Alice' },
    { ...user, name: 'Bob' },
    { ...user, name: 'Node', kind: 'node', stores: true, ...node },
  ];
}

/** Two days of them, all friends of all. */
export function planOf(incidents: readonly Incident[], more: Partial<TownPlan> = {}): TownPlan {
  const friends = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  return { seed: 'small', residents: residents(), friends, ends: 2 * DAY, ...more, incidents };
}

/** From Alice to Bob. @param lifetime milliseconds */
export function letterAt(at: number, lifetime = 7 * DAY): Letter {
  const moment = { lineage: new Lineage(), run: 1, at: 1 };
  const accepted = { at, moment };
  const lists = { handed: [], endings: [], overdue: [] };
  const fields = { number: 0, from: 0, to: 1, bytes: 100, options: {}, id: '00', ...lists, lost: false };
  return { ...fields, lifetimeMs: lifetime, accepted };
}
