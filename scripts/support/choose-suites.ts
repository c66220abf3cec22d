import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './project';

/** A suite of `npm test`, as far as choosing one goes. */
export interface NamedSuite {
  readonly name: string;
  /** Where its tests lie, from the repository's root; absent for a suite that is another command. */
  readonly folders?: readonly string[];
  /** The name of the suite that has to run before it. */
  readonly needs?: string;
}

export interface Choice<S> {
  readonly suites: readonly S[];
  /** Absent: all folders of the suites. */
  readonly folders?: readonly string[];
}

/**
 * The meaning of the words after `npm test --`: no word is every suite, one is the suite of that name, and each
 * further one is a folder of it, such as `client` or `client/journal`. The suite that it needs runs before it.
 * @throws Error that lists the suites or the folders, for a name that does not exist
 */
export function chooseSuites<S extends NamedSuite>(all: readonly S[], words: readonly string[]): Choice<S> {
  const [name, ...wanted] = words;
  if (name === undefined) return { suites: all };
  const suite = all.find((each) => each.name === name);
  if (!suite) {
    throw new Error(`There is no suite '${name}'. Suites: ${all.map((each) => each.name).join(', ')}.`);
  }
  const suites = all.filter((each) => each === suite || each.name === suite.needs);
  if (wanted.length === 0) return { suites };
  return { suites, folders: wanted.map((each) => folderOf(suite, each)) };
}

function folderOf({ name, folders: roots = [] }: NamedSuite, wanted: string): string {
  const found = roots
    .map((root) => placeIn(root, wanted))
    .find((place) => existsSync(path.join(ROOT, place)));
  if (found !== undefined) return found;
  const known = roots.flatMap((root) => [...(roots.length > 1 ? [path.basename(root)] : []), ...rooms(root)]);
  if (known.length === 0) throw new Error(`The suite ${name} has no folders to choose from.`);
  throw new Error(`The suite ${name} has no folder '${wanted}'. Folders: ${known.join(', ')}.`);
}

/** `client` in test/lib is test/lib/client; `lint` in test/lint is test/lint itself. */
function placeIn(root: string, wanted: string): string {
  return wanted === path.basename(root) ? root : path.posix.join(root, wanted);
}

function rooms(root: string): string[] {
  return readdirSync(path.join(ROOT, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'support')
    .map(({ name }) => name);
}
