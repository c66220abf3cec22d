import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './bundle';
import { MANIFEST, ROOT, tool } from './project';
import { run } from './run';
import { stampBuildDate } from './stamp-build-date';

const BOOTSTRAP_NODES = 'lib/transport/toxcore/bootstrap-nodes.json';

/**
 * Compiles bin/, lib/ and nodes/ into `folder` as the package has them: types with comments, and the code without, which
 * would be a tenth of the package, joined to few files.
 * @param builtAt what nodes take for the time of the build, Unix milliseconds
 */
export async function compile(folder: string, builtAt: number): Promise<void> {
  const project = ['-p', 'tsconfig.build.json', '--outDir', folder];
  await run(tool('tsc'), [...project, '--declaration', 'false', '--removeComments']);
  await run(tool('tsc'), [...project, '--emitDeclarationOnly', '--noCheck']);
  await cp(path.join(ROOT, BOOTSTRAP_NODES), path.join(folder, BOOTSTRAP_NODES));
  const dated = path.join(folder, 'nodes/send-async/build-date.js');
  await writeFile(dated, stampBuildDate(await readFile(dated, 'utf8'), builtAt));
  await bundle(
    ['lib', 'bin', 'nodes'].map((name) => ({ folder: path.join(folder, name), doors: doorsOf(name) })),
  );
}

/** What package.json names in a folder of dist/, within that folder. */
function doorsOf(folder: string): string[] {
  const { exports, bin, 'node-red': red } = MANIFEST;
  const exported = Object.values(exports).map((door) => (typeof door === 'string' ? door : door.default));
  const named = [exported, bin, red.nodes, red.plugins].flatMap((files) => Object.values(files));
  const place = `dist/${folder}/`;
  return named
    .map((file) => path.posix.normalize(file))
    .filter((file) => file.startsWith(place))
    .map((file) => file.slice(place.length));
}
