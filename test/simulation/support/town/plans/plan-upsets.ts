import { COMMIT_POINTS, type FaultPoint, MACHINE_POINTS } from '../../../../chaos/support/life';
import { DAY, HOUR, MINUTE } from '../../../../support/world';
import type { Draw } from './draw';
import { AIM_MS, type Incident, type Resident } from './plan';

/** Each of these happens to a user once in so many milliseconds on average. */
const MEANS = { crash: 20 * HOUR, clock: 2 * DAY, backup: 2 * DAY, restore: 8 * DAY, clone: 15 * DAY };

/** Of the messages of an ordinary town, those that a crash waits for. */
const SHARE_AT_WORK = 0.01;

/** What befalls one resident beyond coming and going. Nodes crash, and lose no directory. */
export function planUpsets(
  draw: Draw,
  life: { readonly who: number; readonly resident: Resident; readonly ends: number; readonly pace: number },
): Incident[] {
  const { who, resident, ends, pace } = life;
  const incidents: Incident[] = [];
  const often = (mean: number, plan: (at: number) => Incident[]) => {
    const next = () => draw.wait(mean / pace);
    for (let at = 2 * HOUR + next(); at < ends; at += next()) incidents.push(...plan(at));
  };
  const back = (at: number) => at + AIM_MS + draw.pick([10, 12_000, 40_000, 10 * MINUTE]);
  often(MEANS.crash, (at) => [crashAt(draw, who, at), { kind: 'start', who, at: back(at) }]);
  often(MEANS.clock, (at) => [{ kind: 'step-clock', who, at, by: draw.between(-10 * MINUTE, 10 * MINUTE) }]);
  if (resident.kind === 'node') return incidents;
  often(MEANS.backup, (at) => [{ kind: 'backup', who, at }]);
  often(MEANS.restore, (at) => {
    const what = draw.pick(['restore-directory', 'restore-identity'] as const);
    const begin = at + 30_000;
    return [
      { kind: 'stop', who, at },
      { kind: what, who, at: begin },
      { kind: 'start', who, at: begin + MINUTE },
    ];
  });
  often(MEANS.clone, (at) => {
    const next = at + draw.wait(3 * HOUR);
    const again = next + draw.wait(3 * HOUR);
    return [at, next, again].map((each) => ({ kind: 'clone', who, at: each }) as const);
  });
  return incidents;
}

/** A machine seldom dies in the middle of something by chance: these wait for a message and die at a step of it. */
export function planCrashesAtWork(draw: Draw, traffic: readonly Incident[], pace: number): Incident[] {
  return traffic.flatMap((incident): Incident[] => {
    if (incident.kind !== 'send' || !draw.chance(Math.min(SHARE_AT_WORK * pace, 0.1))) return [];
    const who = draw.pick([incident.who, incident.to]);
    const crash = { ...crashAt(draw, who, incident.at - 1), point: pointOf(draw) };
    return [crash, { kind: 'start', who, at: incident.at + AIM_MS + draw.wait(MINUTE) }];
  });
}

/** Without a farewell, at any step of what it does, with torn writes where the power fails. */
export function crashAt(draw: Draw, who: number, at: number): Incident {
  return {
    kind: 'crash',
    who,
    at,
    how: draw.pick(['kill', 'power-cut'] as const),
    silent: draw.chance(0.6),
    ...(draw.chance(0.7) ? { point: pointOf(draw) } : {}),
  };
}

/** Before and after a hand-over is where a message may come twice. */
function pointOf(draw: Draw): FaultPoint {
  return draw.pick([
    draw.pick(MACHINE_POINTS),
    draw.pick(COMMIT_POINTS),
    draw.pick(['hand', 'handed'] as const),
  ]);
}
