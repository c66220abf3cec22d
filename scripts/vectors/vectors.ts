/**
 * `npm run vectors -- check FILE...` puts test vectors, ours or somebody else's, through our own code and prints
 * `N passed, N failed`. `npm run vectors -- make` rewrites those of test/vectors.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { VECTORS } from '../../test/lib/vectors/support/vector-files';
import { ROOT } from '../support/project';
import { checkVectors } from './check';
import { makeVectors } from './make';

async function check(files: readonly string[]): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const result = await checkVectors(await readFile(file, 'utf8'));
    for (const failure of result.failures) console.error(`${file}: ${failure}`);
    passed += result.passed;
    failed += result.failures.length;
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function make(): Promise<void> {
  const options = { ...(await resolveConfig(path.join(ROOT, 'package.json'))), parser: 'json' };
  for (const [name, vectors] of Object.entries(makeVectors())) {
    await writeFile(path.join(VECTORS, `${name}.json`), await format(JSON.stringify(vectors), options));
  }
}

async function main([command, ...files]: readonly string[]): Promise<void> {
  if (command === 'check' && files.length > 0) await check(files);
  else if (command === 'make' && files.length === 0) await make();
  else throw new Error('Say `npm run vectors -- check FILE...` or `npm run vectors -- make`.');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
