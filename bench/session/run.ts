/** `npm run bench -- session`. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeOfVersion } from '../../scripts/support/node-versions';
import { handIn } from '../support/own-process';
import { median } from '../support/measure';
import { residentBytes } from '../support/processor';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { makeSession } from './made-session';
import { bytesOfSave, writtenBytes } from './saved-bytes';
import { startCommand, startNodeRed, type Subject } from './subjects';

const VERSIONS = ['20.19', '22'];
const FRIENDS = [0, 10, 100];
/** Of the command, and of Node-RED, which takes longer. The first is for the caches, and is not counted. */
const STARTS = { command: 4, red: 2 };
/** After its start a process has this long to come to rest, milliseconds: the age of a session is saved a minute after other writes. */
const SETTLE_MS = 75_000;
/** Then its writes are watched. */
const WATCH_MS = 45_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A session that does nothing else saves its age so often: no while that a person waits for sees it. */
const SAVES_A_DAY = 24;

interface Started extends Subject {
  /** Of the table, without the figures. */
  readonly cells: readonly string[];
  /** Bytes that one save of its age writes. */
  readonly saved: number;
}

/**
 * Starts again and again, as after a stop in order, and leaves the last one running. A copied directory is checked at its
 * first start as after a crash.
 */
async function startedOften(times: number, start: () => Promise<Subject>): Promise<Subject> {
  const starts: number[] = [];
  for (let left = times; ; left -= 1) {
    const subject = await start();
    if (left < times) starts.push(subject.startMs);
    if (left === 1) return { ...subject, startMs: median(starts) };
    await subject.stop();
  }
}

/** Starts are measured one after the other; then all idle together, so that their writes are seen in one while. */
async function measured(folder: string): Promise<string[][]> {
  const saves = new Map<number, number>();
  for (const friends of FRIENDS) {
    const made = path.join(folder, `made-${friends}`);
    await makeSession(made, friends);
    const copy = path.join(folder, `save-${friends}`);
    await cp(made, copy, { recursive: true });
    saves.set(friends, await bytesOfSave(copy));
  }
  const started: Started[] = [];
  try {
    for (const version of VERSIONS) {
      const node = await nodeOfVersion(version);
      const own = (name: string) => path.join(folder, `${version}-${name}`);
      for (const friends of FRIENDS) {
        const dataDir = own(`command-${friends}`);
        await cp(path.join(folder, `made-${friends}`), dataDir, { recursive: true });
        const cells = ['`tox-async serve`', version, String(friends)];
        const subject = await startedOften(STARTS.command, () => startCommand(node, dataDir));
        started.push({ cells, saved: saves.get(friends) ?? 0, ...subject });
      }
      const bare = await startedOften(STARTS.red, () => startNodeRed(node, own('red'), undefined));
      started.push({ cells: ['Node-RED without a session', version, ''], saved: 0, ...bare });
      for (const friends of FRIENDS) {
        const dataDir = own(`data-${friends}`);
        await cp(path.join(folder, `made-${friends}`), dataDir, { recursive: true });
        const cells = ['Node-RED', version, String(friends)];
        const start = () => startNodeRed(node, own(`red-${friends}`), dataDir);
        const subject = await startedOften(STARTS.red, start);
        started.push({ cells, saved: saves.get(friends) ?? 0, ...subject });
      }
    }
    await setTimeout(SETTLE_MS);
    const before = await Promise.all(started.map(({ pid }) => writtenBytes(pid)));
    await setTimeout(WATCH_MS);
    return await Promise.all(
      started.map(async ({ cells, saved, pid, startMs }, i) => {
        const watched = (await writtenBytes(pid)) - (before[i] ?? 0);
        const perDay = watched * (DAY_MS / WATCH_MS) + saved * SAVES_A_DAY;
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

async function main(): Promise<void> {
  const report: Report = {
    title: 'A session: start, memory and disk',
    about:
      'One session with lmdb on a virtual network, without Tox, whose friends are away; it has keys of each of them. ' +
      'Start: from the start of the process until it is online, after a stop in order, the median of three starts of the ' +
      'command (aim: 500 ms) and the second of Node-RED. Memory: all that is resident after two minutes. Disk: what it ' +
      `writes while nothing happens, watched for ${WATCH_MS / 1000} s and reckoned for a day, with the hourly save of its age.`,
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
