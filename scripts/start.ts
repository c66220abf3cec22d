/**
 * `npm start`: the Node-RED editor on http://127.0.0.1:1880 (`npm start -- --port N`: on another port) with the nodes of
 * this checkout. The first start puts the example flow in; later starts keep what you made of it. Everything lies in
 * .cache/start: delete it to start over.
 */
import { spawn } from 'node:child_process';
import { copyFile, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeSettings } from './support/node-red/node-red-settings';
import { CACHE, ROOT } from './support/project';
import { startPort } from './support/start-port';
import { whenOrphaned } from './support/when-orphaned';

const USER_DIR = path.join(CACHE, 'start');
const EXAMPLE = path.join(ROOT, 'examples/01-offline-alert.json');

async function start(): Promise<void> {
  await mkdir(USER_DIR, { recursive: true });
  await copyFile(EXAMPLE, path.join(USER_DIR, 'flows.json'), constants.COPYFILE_EXCL).catch(unlessItExists);
  const settings = await writeSettings(USER_DIR, {
    uiPort: startPort(process.argv.slice(2)),
    nodesDir: [ROOT],
  });
  const redJs = path.join(ROOT, 'node_modules/node-red/red.js');
  const child = spawn(process.execPath, [redJs, '--settings', settings], { cwd: USER_DIR, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: this one waits for the orderly end of the other.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  whenOrphaned(() => child.kill('SIGTERM'));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}

function unlessItExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
