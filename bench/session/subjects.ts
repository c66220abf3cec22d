import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';

/** A process that runs, and how long it took to be ready, milliseconds. */
export interface Subject {
  readonly pid: number;
  readonly startMs: number;
  readonly stop: () => Promise<unknown>;
}

const ONLINE_LIMIT_MS = 60_000;
/** Joined to one file, as in the package. */
const COMMAND = path.join(CACHE, 'bench-command/bench/session/command-child.js');

/** `tox-async serve`. @param nodeBinary the Node.js that runs it */
export async function startCommand(nodeBinary: string, dataDir: string): Promise<Subject> {
  const child = fork(COMMAND, ['serve', '--data', dataDir], { execPath: nodeBinary, execArgv: [] });
  const [startMs] = (await once(child, 'message')) as [number];
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, startMs, stop };
}

/** Node-RED with one session, or with none when there is no `dataDir`. @throws Error the package is not built */
export async function startNodeRed(
  nodeBinary: string,
  userDir: string,
  dataDir: string | undefined,
): Promise<Subject> {
  if (!existsSync(path.join(ROOT, 'dist/nodes'))) throw new Error('Run "npm run build" first.');
  await mkdir(userDir, { recursive: true });
  const flows = dataDir === undefined ? [] : flowsWith(dataDir);
  await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
  const nodes = dataDir === undefined ? {} : { nodesDir: [ROOT] };
  const start = performance.now();
  const red = await NodeRedProcess.start({ userDir, nodeBinary, settings: nodes });
  if (dataDir !== undefined) await isOnline(red);
  return { pid: red.pid, startMs: performance.now() - start, stop: () => red.stop() };
}

function flowsWith(dataDir: string): object[] {
  // No name is the id of a node: Node-RED would take it for a reference.
  const session = { type: 'storage-node', name: 'Session', friends: [], role: 'friends', cap: 64 };
  const place = { z: 'tab', x: 0, y: 0, wires: [[]] };
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    { id: 'home', ...session, dataDir, engine: 'auto' },
    { ...place, id: 'net', type: 'tox-transport', storageNode: 'home', mode: 'virtual' },
  ];
}

async function isOnline(red: NodeRedProcess): Promise<void> {
  for (const end = performance.now() + ONLINE_LIMIT_MS; ;) {
    const [session] = (await red.json('/tox-async/sessions')) as { state: string }[];
    if (session?.state === 'online') return;
    if (performance.now() > end) {
      throw new Error(`The session in Node-RED did not come online: ${JSON.stringify(session)}`);
    }
    await setTimeout(10);
  }
}
