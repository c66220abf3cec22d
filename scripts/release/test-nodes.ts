/**
 * `npm run test:nodes`: `npm test` on the oldest Node.js that the package allows, and on the newer ones that are
 * maintained; words after `--` choose suites. It goes on after a failure, and says at the end how each one went.
 */
import path from 'node:path';
import { nodeOfVersion } from '../support/node-versions';
import { run } from '../support/run';

const VERSIONS = ['20.19', '22', '24'];

async function main(words: readonly string[]): Promise<void> {
  const results: string[] = [];
  for (const version of VERSIONS) {
    const folder = path.dirname(await nodeOfVersion(version));
    // npm runs on the Node.js that is found first, and so does all that it starts.
    const env = { PATH: `${folder}${path.delimiter}${process.env.PATH ?? ''}` };
    console.log(`\n=== Node.js ${(await run('node', ['--version'], { env, quiet: true })).trim()}`);
    const failure = await run('npm', ['test', '--', ...words], { env }).then(
      () => undefined,
      (error: unknown) => error,
    );
    results.push(`Node.js ${version}: ${failure === undefined ? 'ok' : 'FAILED'}`);
    if (failure !== undefined) process.exitCode = 1;
  }
  console.log(`\n${results.join('\n')}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
