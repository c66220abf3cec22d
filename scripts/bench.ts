/**
 * Runs the benchmarks as what the package ships: compiled. (What runs TypeScript as it is adds calls of its own to
 * every function, and memory to every process.)
 */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './support/bundle';
import { CACHE, ROOT, tool } from './support/project';
import { run } from './support/run';

const BOOTSTRAP_NODES = 'lib/transport/toxcore/bootstrap-nodes.json';

async function main(args: readonly string[]): Promise<void> {
  await run(tool('tsc'), ['-p', 'tsconfig.bench.json']);
  await cp(path.join(ROOT, BOOTSTRAP_NODES), path.join(CACHE, 'bench', BOOTSTRAP_NODES));
  const command = path.join(CACHE, 'bench-command');
  await cp(path.join(CACHE, 'bench'), command, { recursive: true });
  await bundle([{ folder: command, doors: ['bench/session/command-child.js'] }]);
  await run(process.execPath, [path.join(CACHE, 'bench/bench/run.js'), ...args]);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
