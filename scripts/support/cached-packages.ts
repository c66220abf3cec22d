import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from './project';
import { run } from './run';

/**
 * Installs packages from the registry into a folder of .cache, unless the files that are wanted of them are there.
 * @param files within the folder's node_modules
 * @returns their places, absolute
 * @throws Error without the registry, or for a platform that a package is not for
 */
export async function cachedPackages<Name extends string>(
  name: string,
  packages: readonly string[],
  files: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  const folder = path.join(CACHE, name);
  const entries = Object.entries<string>(files).map(([key, file]) => [
    key,
    path.join(folder, 'node_modules', file),
  ]);
  const places = Object.fromEntries(entries) as Record<Name, string>;
  if (Object.values<string>(places).every((file) => existsSync(file))) return places;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, private: true }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
  await run('npm', ['install', ...flags, ...packages], { cwd: folder, quiet: true });
  return places;
}
