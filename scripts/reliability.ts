/**
 * `npm run reliability`: towns of simulated users, compiled as the benchmarks are, since what runs TypeScript as it is
 * adds calls of its own to every function. What it understands is in scripts/reliability/options.ts.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readOptions, seedsOf } from './reliability/options';
import { type TownFigured, writeSuites, writeTowns } from './reliability/page';
import { CACHE, tool } from './support/project';
import { run } from './support/run';

const TOWN = path.join(CACHE, 'reliability/scripts/reliability/run.js');

/** A town makes much that lives shortly: with the usual 16 MB the collector copies what would be gone a moment later. */
const MEMORY = ['--max-semi-space-size=64'];

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  await run(tool('tsc'), ['-p', 'tsconfig.reliability.json']);
  const seeds = options.replay === undefined ? seedsOf(options) : [options.seed];
  const results: TownFigured[] = [];
  const failures: string[] = [];
  const work = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const file = path.join(CACHE, `reliability-${seed}.json`);
      await run(process.execPath, [...MEMORY, TOWN, ...args, '--seed', seed, '--results', file]).catch(
        (error: unknown) => failures.push(String(error)),
      );
      results.push(JSON.parse(await readFile(file, 'utf8')) as TownFigured);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (options.write) {
    await writeTowns(options, results);
    await writeSuites();
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
