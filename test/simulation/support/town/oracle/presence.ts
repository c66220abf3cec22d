import { AIM_MS, type Incident, type TownPlan } from '../plans/plan';
import { intersection, pairOf, type Span, without } from './spans';

/** Incidents after which a directory knows less or something else than what its friends know of it. */
const UPSETS: ReadonlySet<Incident['kind']> = new Set(['restore-directory', 'restore-identity', 'clone']);

/**
 * Who could talk to whom and when, by the plan alone: no line of the code under test is asked. A span ends wherever
 * anything happens to either side or between them, so that in each of them the same two programs had one connection.
 */
export class Presence {
  readonly #plan: TownPlan;
  readonly #spans: Span[][];
  readonly #upsets: number[][];
  readonly #between = new Map<string, Incident[]>();
  readonly #shared = new Map<string, Span[]>();
  readonly #storms: Span[];

  constructor(plan: TownPlan) {
    this.#plan = plan;
    const incidentsOf: Incident[][] = plan.residents.map(() => []);
    for (const incident of plan.incidents) {
      if (incident.kind === 'send' || incident.kind === 'weather') continue;
      if (incident.kind === 'drop' || incident.kind === 'partition' || incident.kind === 'heal') {
        const pair = pairOf(incident.who, incident.to);
        const earlier = this.#between.get(pair) ?? [];
        earlier.push(incident);
        this.#between.set(pair, earlier);
      } else incidentsOf[incident.who]?.push(incident);
    }
    this.#spans = incidentsOf.map((incidents) => spansOf(incidents, plan.ends));
    this.#upsets = incidentsOf.map((incidents) =>
      incidents.filter(({ kind }) => UPSETS.has(kind)).map(({ at }) => at),
    );
    this.#storms = stormsOf(plan);
  }

  /** When two residents, in either order, had one connection of at least `least` ms. */
  together(one: number, other: number, least: number): readonly Span[] {
    const pair = pairOf(one, other);
    const known = this.#shared.get(pair);
    if (known) return known;
    const met = intersection(this.#spans[one] ?? [], this.#spans[other] ?? []);
    const connected = without(met, breaksOf(this.#between.get(pair) ?? [], this.#plan.ends));
    const calm = without(connected, this.#storms).filter(({ from, to }) => to - from >= least);
    this.#shared.set(pair, calm);
    return calm;
  }

  /** Whether the directory of a resident was restored or copied in this span. */
  isUpset(resident: number, { from, to }: Span): boolean {
    return (this.#upsets[resident] ?? []).some((at) => at >= from && at < to);
  }

  /** The first such moment from `from` on; Infinity: none. */
  upsetAfter(resident: number, from: number): number {
    return this.#upsets[resident]?.find((at) => at >= from) ?? Infinity;
  }
}

/** Where it surely ran and was connected, cut at each incident. */
function spansOf(incidents: readonly Incident[], ends: number): Span[] {
  const spans: Span[] = [];
  let [up, online, from, dying] = [true, true, 0, 0];
  for (const incident of [...incidents, { kind: 'stop', at: ends } as const]) {
    const { kind, at } = incident;
    if (kind === 'backup' || kind === 'cancel' || kind === 'step-clock') continue;
    if (up && online && at > from) spans.push({ from, to: at });
    from = at;
    if (kind === 'stop' || kind === 'crash') up = false;
    if (kind === 'crash' && incident.point !== undefined) dying = at + AIM_MS;
    // Before it is dead a start may come to nothing, and whether it is up shows at the next one.
    if (kind === 'start' && !up) [up, online] = [true, at > dying];
    // Whoever takes a place on the network is online, whatever it was before.
    if (kind === 'clone') [up, online] = [at > dying, true];
    if (kind === 'online' || kind === 'offline') online = kind === 'online';
  }
  return spans;
}

/** Where two residents were kept apart; a lost connection takes no time and cuts all the same. */
function breaksOf(incidents: readonly Incident[], ends: number): Span[] {
  const breaks: Span[] = [];
  let apart: number | undefined;
  for (const { kind, at } of incidents) {
    if (kind === 'drop') breaks.push({ from: at, to: at });
    if (kind === 'partition') apart ??= at;
    if (kind === 'heal' && apart !== undefined) {
      breaks.push({ from: apart, to: at });
      apart = undefined;
    }
  }
  if (apart !== undefined) breaks.push({ from: apart, to: ends });
  return breaks;
}

/** Where connections broke by chance, so that nobody can say from the plan how long one lasted. */
function stormsOf({ incidents, ends }: TownPlan): Span[] {
  const storms: Span[] = [];
  let from: number | undefined;
  for (const incident of incidents) {
    if (incident.kind !== 'weather') continue;
    if (from !== undefined) storms.push({ from, to: incident.at });
    from = incident.breaks > 0 ? incident.at : undefined;
  }
  if (from !== undefined) storms.push({ from, to: ends });
  return storms;
}
