import assert from 'node:assert/strict';
import { makePlan } from './support/town/plans/make-plan';
import type { Incident } from './support/town/plans/plan';
import { runningTimes } from './support/town/plans/running-times';

describe('the times at which machines of a town run', () => {
  it('end with a stop or a crash and begin soon after a start, in whatever order these are planned', () => {
    const incidents: Incident[] = [
      { kind: 'start', who: 1, at: 60_000 },
      { kind: 'stop', who: 1, at: 10_000 },
      { kind: 'crash', who: 1, at: 200_000, how: 'kill', silent: true },
      { kind: 'offline', who: 2, at: 5 },
    ];
    const runs = runningTimes(incidents);
    const times = [0, 9_999, 10_000, 60_000, 65_000, 199_999, 200_000, 1e9];
    assert.deepEqual(
      times.filter((at) => runs(1, at)),
      [0, 9_999, 65_000, 199_999],
    );
    assert.ok(times.every((at) => runs(2, at)));
  });

  it('are those at which messages are written', () => {
    const { incidents } = makePlan('writers', { users: 10, messages: 500, days: 1 });
    const down = new Map<number, number>();
    for (const incident of incidents) {
      if (incident.kind === 'stop') down.set(incident.who, incident.at);
      if (incident.kind === 'start') down.delete(incident.who);
      if (incident.kind === 'send') assert.ok((down.get(incident.who) ?? Infinity) > incident.at - 30);
    }
  });
});
