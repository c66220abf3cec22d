/**
 * Runs the benchmarks as what the package ships: compiled. (What runs TypeScript as it is adds calls of its own to
 * every function, and memory to every process.)
 */
import path from 'node:path';
import { CACHE, tool } from './support/project';
import { run } from './support/run';

async function main(args: readonly string[]): Promise<void> {
  await run(tool('tsc'), ['-p', 'tsconfig.bench.json']);
  await run(process.execPath, [path.join(CACHE, 'bench/bench/run.js'), ...args]);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
