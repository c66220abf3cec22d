import assert from 'node:assert/strict';
import { makePlan } from './support/town/plans/make-plan';
import type { Incident, TownPlan } from './support/town/plans/plan';
import { shrinkPlan } from './support/town/plans/shrink';

const PLAN = makePlan('shrink', { users: 12, messages: 100, days: 1 });
const sends = ({ incidents }: TownPlan) => incidents.filter(({ kind }) => kind === 'send');

describe('shrinking a plan', () => {
  it('leaves the two incidents that are needed, and the residents they concern', async () => {
    const all = sends(PLAN);
    const needed: Incident[] = [all[3]!, all[60]!];
    const smallest = await shrinkPlan(PLAN, async ({ incidents }) =>
      needed.every((incident) => incidents.includes(incident)),
    );
    assert.deepEqual(smallest.incidents, needed);
    assert.equal(smallest.residents.length, PLAN.residents.length, 'numbers stay');
    const here = smallest.residents.flatMap(({ absent }, number) => (absent ? [] : [number]));
    const concerned = needed.flatMap((each) => (each.kind === 'send' ? [each.who, each.to] : []));
    assert.deepEqual(
      here,
      [...new Set(concerned)].sort((a, b) => a - b),
    );
    assert.ok(smallest.friends.every((pair) => pair.every((number) => here.includes(number))));
  });

  it('ends with what it has when its time is over', async () => {
    let looks = 0;
    const isOver = () => looks >= 3;
    const smallest = await shrinkPlan(PLAN, async () => (looks += 1) > 0, isOver);
    assert.equal(looks, 3);
    assert.ok(smallest.incidents.length < PLAN.incidents.length);
  });
});

describe('a plan', () => {
  it('is the same for the same seed, and in the order of time', () => {
    assert.deepEqual(makePlan('shrink', { users: 12, messages: 100, days: 1 }), PLAN);
    const times = PLAN.incidents.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });
});
