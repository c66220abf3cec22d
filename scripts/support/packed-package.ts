import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST, ROOT } from './project';
import { run } from './run';

/** What `npm publish` would upload. */
export interface PackedPackage {
  /** Absolute path of the tarball. */
  tarball: string;
  /** Paths inside the package, with forward slashes. */
  files: string[];
}

/** Packs the built package into `folder`, which is made. dist/ must be built. */
export async function packPackage(folder: string): Promise<PackedPackage> {
  await mkdir(folder, { recursive: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = await run('npm', args, { cwd: ROOT, quiet: true });
  const [packed] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  return { tarball: path.join(folder, packed.filename), files: packed.files.map((file) => file.path) };
}

/**
 * Installs the tarball as Node-RED's palette manager would: into an empty user directory, with the newest
 * dependencies that its ranges allow, from the registry. No install scripts run: nothing may need them.
 * @returns the installed package's folder
 */
export async function installPackage(tarball: string, userDir: string): Promise<string> {
  await rm(userDir, { recursive: true, force: true });
  await mkdir(userDir, { recursive: true });
  const manifest = { name: 'node-red-project', version: '0.0.1', private: true };
  await writeFile(path.join(userDir, 'package.json'), JSON.stringify(manifest));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
  await run('npm', ['install', ...flags, tarball], { cwd: userDir, quiet: true });
  return path.join(userDir, 'node_modules', MANIFEST.name);
}
