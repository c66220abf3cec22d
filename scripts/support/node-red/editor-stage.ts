import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { exampleNodes } from '../examples';
import { newestNodeRed, type Runtime } from './newest-node-red';
import { installPackage, packPackage } from '../packed-package';
import { CACHE, MANIFEST } from '../project';

const FOLDER = path.join(CACHE, 'editor');
const USER_DIR = path.join(FOLDER, 'installed');

/** Where Debian and its relatives put the browser. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** The versions of Node-RED that the editor is tried in. */
export const RUNTIMES: Readonly<Record<string, () => Promise<Partial<Runtime>>>> = {
  'Node-RED 4.1': () => Promise.resolve({}),
  'Node-RED 5': newestNodeRed,
};

/** The folder of the package in a user directory of Node-RED, as `prepareEditors` installs it. */
export const INSTALLED = path.join(USER_DIR, 'node_modules', MANIFEST.name);

/** Fetches from the registry what tests of the editor need, since they run where there is none. dist/ must be built. */
export async function prepareEditors(): Promise<void> {
  const { tarball } = await packPackage(FOLDER);
  await installPackage(tarball, USER_DIR);
  await newestNodeRed();
  await exampleNodes();
}

/** The browser's place; undefined where there is none. */
export function browserPath(): string | undefined {
  return BROWSERS.find((place) => existsSync(place));
}

/** What this machine lacks for tests of the editor, in words. */
export function missingForEditors(): string[] {
  const missing = browserPath() === undefined ? ['chromium'] : [];
  if (spawnSync('sh', ['-c', 'command -v unshare ip']).status !== 0) missing.push('unshare and ip');
  return missing;
}
