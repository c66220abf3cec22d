import type { Incident, Resident, TownPlan } from './plan';

/** Whether a plan still shows what is looked for. */
export type Shows = (plan: TownPlan) => Promise<boolean>;

/**
 * The smallest plan found that still shows it: first without residents, then without incidents, as many at a time as
 * may go. Residents keep their numbers, so that reports of both plans speak of the same ones.
 * @param isOver ends the search with what was found by then
 */
export async function shrinkPlan(
  plan: TownPlan,
  shows: Shows,
  isOver: () => boolean = () => false,
): Promise<TownPlan> {
  let smallest = plan;
  const numbers = plan.residents.map((_, number) => number);
  const tryOne = async (smaller: TownPlan) => {
    const isFound = await shows(smaller);
    if (isFound) smallest = smaller;
    return isFound;
  };
  await leaveOut(numbers, (left) => tryOne(withoutResidents(plan, new Set(left))), isOver);
  await leaveOut(smallest.incidents, (left) => tryOne({ ...smallest, incidents: left }), isOver);
  return smallest;
}

/** Parts of `items` are left out, large ones first, as long as `stillShows` without them. @returns what is left */
async function leaveOut<T>(
  items: readonly T[],
  stillShows: (left: readonly T[]) => Promise<boolean>,
  isOver: () => boolean,
): Promise<readonly T[]> {
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length && !isOver();) {
      const fewer = [...left.slice(0, from), ...left.slice(from + size)];
      if (await stillShows(fewer)) left = fewer;
      else from += size;
    }
  }
  return left;
}

/** All residents stay in the list, and those left out have no friends and nothing to do. */
function withoutResidents(plan: TownPlan, kept: ReadonlySet<number>): TownPlan {
  const idle = (resident: Resident, number: number): Resident =>
    kept.has(number) ? resident : { ...resident, absent: true };
  const concerns = (incident: Incident): boolean => {
    if (incident.kind === 'weather') return true;
    return kept.has(incident.who) && (!('to' in incident) || kept.has(incident.to));
  };
  return {
    ...plan,
    residents: plan.residents.map(idle),
    friends: plan.friends.filter(([one, other]) => kept.has(one) && kept.has(other)),
    incidents: plan.incidents.filter(concerns),
  };
}
