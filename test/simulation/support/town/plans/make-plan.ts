import { DAY, HOUR, MINUTE } from '../../../../support/world';
import { Draw } from './draw';
import { AIM_MS, type Incident, type IncidentOf, LIES, type Resident, type TownPlan } from './plan';
import { crashAt, planCrashesAtWork, planUpsets } from './plan-upsets';
import { type Runs, runningTimes } from './running-times';

/** How large a town is. */
export interface TownSize {
  readonly users: number;
  /** Messages that are written, by people whose machine runs then; some find a full outbox, or a crash on its way. */
  readonly messages: number;
  readonly days: number;
  /** How many times as often as in an ordinary town something befalls somebody; 1 when left out. */
  readonly pace?: number;
}

/** Users of one neighbourhood share its nodes. */
const NEIGHBOURS = 20;
const NODES = 3;
const LIARS = 2;
/** The first hour: everybody meets everybody, and nothing happens. */
const FIRST = HOUR;

/** How long somebody is online and away on average, milliseconds. */
const HABITS = [
  { here: 8 * HOUR, away: HOUR },
  { here: 2 * HOUR, away: 6 * HOUR },
  { here: 25 * MINUTE, away: 3 * HOUR },
  { here: 15 * MINUTE, away: 2 * HOUR },
  { here: 40 * MINUTE, away: 10 * HOUR },
  { here: 3 * HOUR, away: 30 * HOUR },
] as const;

/** A town of this size, all by chance from the seed. */
export function makePlan(seed: string, size: TownSize): TownPlan {
  const { pace = 1 } = size;
  const draw = new Draw(`plan ${seed}`);
  const ends = size.days * DAY;
  const { residents, friends } = settle(draw, size.users);
  const incidents: Incident[] = [];
  for (const [who, resident] of residents.entries()) {
    if (resident.lie !== undefined) continue;
    incidents.push(
      ...planDays(draw, who, resident, ends),
      ...planUpsets(draw, { who, resident, ends, pace }),
    );
  }
  for (const [who, to] of friends) incidents.push(...planBreaks(draw, [who, to], ends, pace));
  const traffic = planTraffic(draw, { residents, friends, runs: runningTimes(incidents) }, size, ends);
  incidents.push(...planWeather(draw, ends), ...traffic, ...planCrashesAtWork(draw, traffic, pace));
  const timely = incidents.filter(({ at }) => at < ends).sort((a, b) => a.at - b.at);
  return { seed, residents, friends, incidents: timely, ends };
}

function settle(draw: Draw, users: number): Pick<TownPlan, 'residents' | 'friends'> {
  const residents: Resident[] = [];
  const friends: [number, number][] = [];
  const skew = () => draw.between(-10 * MINUTE, 10 * MINUTE);
  const neighbourhoods: { people: number[]; nodes: number[] }[] = [];
  for (let left = users; left > 0; left -= NEIGHBOURS) {
    const [people, nodes]: [number[], number[]] = [[], []];
    for (let i = 0; i < Math.min(NEIGHBOURS, left); i += 1) {
      const name = `User ${residents.length}`;
      people.push(residents.length);
      residents.push({
        name,
        kind: 'user',
        stores: draw.chance(0.1),
        skew: skew(),
        capBytes: 2_000_000,
        ...fullSoon(draw),
      });
    }
    for (let i = 0; i < NODES + LIARS; i += 1) {
      const name = `Node ${residents.length}`;
      nodes.push(residents.length);
      const lie = i < NODES ? {} : { lie: draw.pick(LIES) };
      residents.push({ name, kind: 'node', stores: true, skew: skew(), capBytes: 64_000_000, ...lie });
    }
    neighbourhoods.push({ people, nodes });
  }
  for (const { people, nodes } of neighbourhoods) {
    for (const [i, who] of people.entries()) {
      for (const node of nodes) if (draw.chance(0.9)) friends.push([who, node]);
      for (const other of people.slice(i + 1)) if (draw.chance(5 / NEIGHBOURS)) friends.push([who, other]);
      const there = draw.pick(draw.pick(neighbourhoods).people);
      if (draw.chance(0.3) && there > who && !people.includes(there)) friends.push([who, there]);
    }
  }
  return { residents, friends };
}

/** One in five has an outbox that a day or two offline fill. */
function fullSoon(draw: Draw): Pick<Resident, 'outbox'> {
  return draw.chance(0.2) ? { outbox: 40 } : {};
}

/** When somebody is there, and how they leave and come back. */
function planDays(draw: Draw, who: number, { kind }: Resident, ends: number): Incident[] {
  const habit = kind === 'node' ? { here: 20 * HOUR, away: 20 * MINUTE } : draw.pick(HABITS);
  const incidents: Incident[] = [];
  let at = FIRST;
  for (;;) {
    at += draw.wait(habit.here);
    const back = at + AIM_MS + 10_000 + draw.wait(habit.away);
    if (back >= ends) return incidents;
    const way = draw.fraction();
    if (way < 0.6) incidents.push({ kind: 'offline', who, at }, { kind: 'online', who, at: back });
    else if (way < 0.8) incidents.push({ kind: 'stop', who, at }, { kind: 'start', who, at: back });
    else incidents.push(crashAt(draw, who, at), { kind: 'start', who, at: back });
    at = back;
  }
}

function planBreaks(
  draw: Draw,
  [who, to]: readonly [number, number],
  ends: number,
  pace: number,
): Incident[] {
  const incidents: Incident[] = [];
  const mean = (12 * HOUR) / pace;
  for (let at = FIRST + draw.wait(mean); at < ends; at += draw.wait(mean)) {
    if (draw.chance(0.7)) {
      incidents.push({ kind: 'drop', who, to, at });
      continue;
    }
    incidents.push({ kind: 'partition', who, to, at });
    at += draw.pick([5_000, 25_000, 2 * MINUTE, HOUR, 5 * HOUR]);
    incidents.push({ kind: 'heal', who, to, at });
  }
  return incidents;
}

function planWeather(draw: Draw, ends: number): Incident[] {
  const incidents: Incident[] = [];
  for (let at = FIRST; at < ends; at += draw.wait(3 * HOUR)) {
    const breaks = draw.chance(0.2) ? draw.pick([0.001, 0.01, 0.05]) : 0;
    incidents.push({ kind: 'weather', at, jitter: draw.pick([0, 0, 50, 2000]), breaks });
    if (breaks > 0) incidents.push({ kind: 'weather', at: (at += 10 * MINUTE), jitter: 0, breaks: 0 });
  }
  return incidents;
}

/** Mostly a few words; now and then a burst, and messages that no envelope holds. */
function planTraffic(
  draw: Draw,
  { residents, friends, runs }: Pick<TownPlan, 'residents' | 'friends'> & { readonly runs: Runs },
  { messages }: TownSize,
  ends: number,
): Incident[] {
  const pairs = friends.filter(([a, b]) => residents[a]?.kind === 'user' && residents[b]?.kind === 'user');
  const incidents: Incident[] = [];
  while (incidents.length < messages && pairs.length > 0) {
    const [one, other] = draw.pick(pairs);
    const [who, to] = draw.chance(0.5) ? [one, other] : [other, one];
    const at = draw.between(FIRST, ends);
    if (!runs(who, at)) continue;
    const many = draw.chance(0.02) ? draw.between(5, 30) : 1;
    for (let i = 0; i < many; i += 1)
      incidents.push({
        kind: 'send',
        who,
        to,
        at: at + i,
        bytes: sizeOf(draw),
        lifetime: lifetimeOf(draw),
        options: optionsOf(draw),
      });
    if (draw.chance(0.02))
      incidents.push({ kind: 'cancel', who, to, at: at + many + draw.wait(10 * MINUTE) });
  }
  return incidents;
}

function sizeOf(draw: Draw): number {
  const kind = draw.fraction();
  if (kind < 0.85) return draw.between(20, 300);
  if (kind < 0.97) return draw.between(300, 1372);
  if (kind < 0.995) return draw.between(1400, 12_000);
  return draw.between(12_000, 60_000);
}

function optionsOf(draw: Draw): NonNullable<IncidentOf<'send'>['options']> {
  const kind = draw.fraction();
  return {
    ...(kind < 0.15 && { replaces: draw.pick(['temperature', 'door']) }),
    ...(kind > 0.15 && kind < 0.25 && { whenFull: 'drop-oldest' as const }),
    ...(kind > 0.9 && { urgent: true }),
    ...(draw.chance(0.1) && { overdueAfter: draw.pick([60, 3600, 12 * 3600]) }),
  };
}

/** Seconds. */
function lifetimeOf(draw: Draw): number {
  const days = (n: number) => n * 24 * 3600;
  return draw.pick([3600, 6 * 3600, days(1), days(3), days(7), days(7), days(7), days(14)]);
}
