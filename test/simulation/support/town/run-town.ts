import { createHash } from 'node:crypto';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { cheapCrypto } from './cheap-crypto';
import { type Path, PathOracle } from './oracle/path-oracle';
import type { IncidentKind, TownPlan } from './plans/plan';
import { Town } from './town';
import { type Letter, nameOf, type Violation } from './town-ledger';

/** What a town came to. */
export interface TownResult {
  readonly violations: readonly Violation[];
  readonly figures: TownFigures;
  readonly said: readonly string[];
  /** SHA-256 of all that the ledger wrote down, ids and moments included: the same plan gives the same. */
  readonly history: string;
}

export interface TownFigures {
  readonly users: number;
  readonly nodes: number;
  readonly liars: number;
  readonly days: number;
  readonly incidents: Partial<Record<IncidentKind, number>>;
  readonly accepted: number;
  /** Of them, those that had to arrive, by the way of their first path. */
  readonly owed: Record<Path['way'], number>;
  readonly arrived: number;
  readonly redelivered: number;
  /** Those that had to arrive and came when their path's time was over. */
  readonly late: number;
  /** By how much the latest of them, milliseconds. */
  readonly latest: number;
  /** By the last that was said. */
  readonly endings: Record<string, number>;
  readonly alive: number;
  /** Went with a directory that was put back to an earlier state. */
  readonly forgotten: number;
}

export interface TownOptions {
  /** Real public-key cryptography, or the toy that leaves time for more messages. */
  readonly crypto?: 'real' | 'cheap';
  /** Called about every simulated hour, with milliseconds from the start. */
  readonly look?: (at: number) => void;
}

/** Runs a plan and judges what came of it. */
export async function runTown(
  plan: TownPlan,
  { crypto = 'cheap', look }: TownOptions = {},
): Promise<TownResult> {
  const real = chooseCryptoProvider();
  const town = new Town(plan, crypto === 'real' ? real : cheapCrypto(real));
  await town.run(look);
  return judge(plan, town);
}

function judge(plan: TownPlan, town: Town): TownResult {
  const { letters, violations: seen, counts } = town.ledger;
  const oracle = new PathOracle(plan, letters);
  const violations = [...seen];
  const owed = { direct: 0, stored: 0 };
  const endings: Record<string, number> = {};
  const figures = { late: 0, latest: 0, arrived: 0, alive: 0, forgotten: 0 };
  const outboxes = plan.residents.map((_, number) =>
    town.copiesOf(number).map((copy) => ({ copy, ids: copy.outbox() })),
  );
  for (const letter of letters) {
    if (letter.accepted === undefined) continue;
    const arrival = letter.handed[0]?.at;
    if (arrival !== undefined) figures.arrived += 1;
    const path = oracle.pathOf(letter);
    if (path && !isRevoked(letter, path.by)) {
      owed[path.way] += 1;
      if (arrival === undefined && !letter.lost)
        violations.push({
          fault: 'lost',
          text: `${nameOf(letter)} had a path (${path.way}) until ${path.by}`,
        });
      if (arrival !== undefined && arrival > path.by) {
        figures.late += 1;
        figures.latest = Math.max(figures.latest, arrival - path.by);
      }
    }
    const state = letter.endings.at(-1)?.state;
    if (state !== undefined) endings[state] = (endings[state] ?? 0) + 1;
    const { moment } = letter.accepted;
    const keepers = outboxes[letter.from]?.filter(({ copy }) =>
      town.lives.now(copy).lineage.remembers(moment),
    );
    const holds = keepers?.some(({ ids }) => ids.has(letter.id ?? '')) ?? false;
    if (state === undefined && holds) figures.alive += 1;
    else if (state === undefined && keepers?.length === 0) figures.forgotten += 1;
    else if (state === undefined)
      violations.push({ fault: 'vanished', text: `${nameOf(letter)} neither ended nor is in an outbox` });
  }
  return {
    violations,
    said: town.said,
    history: historyOf(letters),
    figures: {
      users: plan.residents.filter(({ kind }) => kind === 'user').length,
      nodes: plan.residents.filter(({ kind, lie }) => kind === 'node' && lie === undefined).length,
      liars: plan.residents.filter(({ lie }) => lie !== undefined).length,
      days: plan.ends / 86_400_000,
      incidents: countKinds(plan),
      accepted: counts.accepted,
      owed,
      redelivered: counts.redelivered,
      endings,
      ...figures,
    },
  };
}

/** Its sender ended it before its path's time was over. */
function isRevoked({ endings }: Letter, _by: number): boolean {
  return endings.some(({ state }) => state === 'cancelled');
}

function countKinds({ incidents }: TownPlan): Partial<Record<IncidentKind, number>> {
  const counts: Partial<Record<IncidentKind, number>> = {};
  for (const { kind } of incidents) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function historyOf(letters: readonly Letter[]): string {
  const sum = createHash('sha256');
  for (const { number, id, accepted, handed, endings } of letters) {
    const arrivals = handed.map(({ at }) => at);
    const states = endings.map(({ state }) => state);
    sum.update(JSON.stringify([number, id, accepted?.at, arrivals, states]));
  }
  return sum.digest('hex');
}
