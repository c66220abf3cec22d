/** `npm run bench -- session`. */
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeOfVersion } from '../../scripts/support/node-versions';
import { handIn } from '../support/own-process';
import { residentBytes } from '../support/processor';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { makeSession } from './made-session';
import { startCommand, startNodeRed, type Subject } from './subjects';

const VERSIONS = ['20.19', '22'];
const FRIENDS = [0, 10, 100];
/** After its start a process has this long to come to rest, milliseconds; then its writes are watched. */
const SETTLE_MS = 10_000;
const WATCH_MS = 75_000;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Started extends Subject {
  /** Of the table, without the figures. */
  readonly cells: readonly string[];
}

/** Starts are measured one after the other; then all idle together, so that their writes are seen in one while. */
async function measured(folder: string): Promise<string[][]> {
  for (const friends of FRIENDS) await makeSession(path.join(folder, `made-${friends}`), friends);
  const started: Started[] = [];
  try {
    for (const version of VERSIONS) {
      const node = await nodeOfVersion(version);
      const own = (name: string) => path.join(folder, `${version}-${name}`);
      for (const friends of FRIENDS) {
        const dataDir = own(`command-${friends}`);
        await cp(path.join(folder, `made-${friends}`), dataDir, { recursive: true });
        const cells = ['`tox-async serve`', version, String(friends)];
        started.push({ cells, ...(await startCommand(node, dataDir)) });
      }
      const bare = await startNodeRed(node, own('red'), undefined);
      started.push({ cells: ['Node-RED without a session', version, ''], ...bare });
      for (const friends of FRIENDS) {
        const dataDir = own(`data-${friends}`);
        await cp(path.join(folder, `made-${friends}`), dataDir, { recursive: true });
        const cells = ['Node-RED', version, String(friends)];
        started.push({ cells, ...(await startNodeRed(node, own(`red-${friends}`), dataDir)) });
      }
    }
    await setTimeout(SETTLE_MS);
    const before = await Promise.all(started.map(({ pid }) => writtenBytes(pid)));
    await setTimeout(WATCH_MS);
    return await Promise.all(
      started.map(async ({ cells, pid, startMs }, i) => {
        const perDay = ((await writtenBytes(pid)) - (before[i] ?? 0)) * (DAY_MS / WATCH_MS);
        const memory = await residentBytes(pid);
        return [
          ...cells,
          `${count(startMs)} ms`,
          `${count(memory / 1e6)} MB`,
          `${(perDay / 1e6).toFixed(1)} MB`,
        ];
      }),
    );
  } finally {
    await Promise.allSettled(started.map(({ stop }) => stop()));
  }
}

/** Bytes that a process has had written to the disk. */
async function writtenBytes(pid: number): Promise<number> {
  const io = await readFile(`/proc/${pid}/io`, 'utf8');
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? 0);
}

async function main(): Promise<void> {
  const report: Report = {
    title: 'A session: start, memory and disk',
    about:
      'One session with lmdb on a virtual network, without Tox, whose friends are away; it has keys of each of them. ' +
      'Start: from the start of the process until it is online (aim with the command: 500 ms). Memory: all that is ' +
      'resident after a minute and a half. Disk: what it writes while nothing happens, reckoned for a day.',
    columns: ['program', 'Node.js', 'friends', 'start', 'memory', 'disk a day'],
    rows: await withFolder(measured),
  };
  await handIn([report]);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
