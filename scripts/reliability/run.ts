import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePlan } from '../../test/simulation/support/town/plans/make-plan';
import type { TownPlan } from '../../test/simulation/support/town/plans/plan';
import { reportOf } from '../../test/simulation/support/town/report';
import { runTown, type TownResult } from '../../test/simulation/support/town/run-town';
import { shrinkPlan } from '../../test/simulation/support/town/plans/shrink';
import { type ReliabilityOptions, readOptions } from './options';

const DAY = 86_400_000;
/** Plans that failed lie here, in the project's folder. */
const FAILED = path.resolve('.cache/reliability-failed');
/** Violations that are printed in words. */
const MOST_SHOWN = 20;

/** One town. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { replay, seed, size, results } = options;
  const plan =
    replay === undefined ? makePlan(seed, size) : (JSON.parse(readFileSync(replay, 'utf8')) as TownPlan);
  const result = await runOne(plan, options);
  const { figures, violations } = result;
  if (results !== undefined) writeFileSync(results, JSON.stringify({ figures, violations }));
  if (violations.length > 0) await report(plan, result, options);
}

async function runOne(plan: TownPlan, { crypto }: Pick<ReliabilityOptions, 'crypto'>): Promise<TownResult> {
  const started = performance.now();
  const before = process.cpuUsage();
  let day = 0;
  const look = (at: number) => {
    if (at < (day + 1) * DAY) return;
    day += 1;
    console.error(`Seed ${plan.seed}: day ${day}, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
  };
  const result = await runTown(plan, { crypto, look });
  const { user, system } = process.cpuUsage(before);
  console.log(`\nSeed ${plan.seed}\n${reportOf(result.figures, result.violations)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const each = (user + system) / 1000 / Math.max(result.figures.accepted, 1);
  console.log(`Took ${seconds} s, ${each.toFixed(1)} ms of processor time a message.`);
  return result;
}

async function report(plan: TownPlan, result: TownResult, options: ReliabilityOptions): Promise<void> {
  process.exitCode = 1;
  for (const { fault, text } of result.violations.slice(0, MOST_SHOWN)) console.log(`${fault}: ${text}`);
  keep(plan, plan.seed);
  const { shrinkMinutes } = options;
  if (shrinkMinutes === undefined) {
    console.log(
      'To see the smallest plan that fails like this: the same command with --shrink 20 (minutes).',
    );
    return;
  }
  const fault = result.violations[0]?.fault;
  const end = performance.now() + shrinkMinutes * 60_000;
  const shows = async (smaller: TownPlan) => {
    const { violations } = await runTown(smaller, options);
    const isFound = violations.some((each) => each.fault === fault);
    const users = smaller.residents.filter(({ absent }) => !absent).length;
    process.stderr.write(
      `\r${users} residents, ${smaller.incidents.length} incidents: ${isFound ? 'fails' : 'ok'}   `,
    );
    return isFound;
  };
  const smallest = await shrinkPlan(plan, shows, () => performance.now() > end);
  console.log(`\n${smallest.incidents.map((incident) => JSON.stringify(incident)).join('\n')}`);
  const { violations, said } = await runTown(smallest, options);
  for (const each of violations) console.log(`${each.fault}: ${each.text}`);
  for (const line of said.slice(0, MOST_SHOWN)) console.log(line);
  keep(smallest, `${plan.seed}-smallest`);
}

function keep(plan: TownPlan, name: string): void {
  mkdirSync(FAILED, { recursive: true });
  const file = path.join(FAILED, `${name}.json`);
  writeFileSync(file, JSON.stringify(plan));
  console.log(`Again: npm run reliability -- --replay ${path.relative('.', file)}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
