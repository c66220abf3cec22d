import { STORAGE_LIMITS } from '../../lib/storage/storage-limits';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { coldStart } from './cold-start';
import { KEEP_SECONDS, MailSource } from './mail';
import { readMailboxes, times, turn } from './mailbox-reads';
import { fill, openNode, store, type EngineName, type MailNode } from './node';

const SLICE = STORAGE_LIMITS.sweepSlice;
const MOST_SWEPT = 100_000;

/** A node's life with `messages` stored: mailboxes read, a restart, and the end of all mail. */
export async function life(engines: readonly EngineName[], messages: number): Promise<Report> {
  const rows: string[][] = [];
  for (const name of engines) rows.push(await lifeOf(name, messages));
  return {
    title: `Retrieval, restart and expiry, ${count(messages)} messages stored`,
    about:
      'One mailbox: all of its messages (about 30) listed and read, from the request, which waits for its turn of ' +
      'the event loop, to the last byte; p50 and p99 of 500 after 500 others, and the same while 64 stores are in flight. Restart: ' +
      'from the call that opens the data directory of a fresh process to the counts of all mail, the files in the ' +
      'page cache; memory is RssAnon of that process, then, and after 10,000 stores and 1,000 mailboxes read. Expiry: mail deleted a ' +
      'second (up to 100,000 messages), and the longest time that the event loop stood still.',
    columns: [
      'engine',
      'mailbox p50 / p99',
      'while storing p50 / p99',
      'restart',
      'memory',
      'after work',
      'expiry',
      'longest block',
    ],
    rows,
  };
}

function lifeOf(name: EngineName, messages: number): Promise<string[]> {
  return withFolder(async (folder) => {
    const source = new MailSource(messages);
    let seconds = 0;
    const ages = { now: () => seconds };
    let node = await openNode(name, folder, ages);
    await fill(node.engine, source, messages);
    // Not counted: the compiler has not seen these functions yet.
    await readMailboxes(node.engine, source);
    const idle = await readMailboxes(node.engine, source);
    const busy = await whileStoring(node, source, () => readMailboxes(node.engine, source));
    let restart = ['–', '–', '–'];
    if (name !== 'memory') {
      await node.close();
      const { milliseconds, memory, memoryAfterWork } = await coldStart(name, folder);
      restart = [`${count(milliseconds)} ms`, megabytes(memory), megabytes(memoryAfterWork)];
      node = await openNode(name, folder, ages);
    }
    seconds = KEEP_SECONDS + 1;
    const sweep = await sweepAll(node);
    await node.close();
    return [
      name,
      times(idle),
      times(busy),
      ...restart,
      `${count(sweep.perSecond)}/s`,
      `${sweep.longestBlock.toFixed(1)} ms`,
    ];
  });
}

async function whileStoring<T>({ engine }: MailNode, source: MailSource, work: () => Promise<T>): Promise<T> {
  const state = { isOver: false };
  const storing = (async () => {
    while (!state.isOver) {
      await store(engine, source, 64, 64);
      // The engine in memory never leaves the event loop a turn by itself.
      await turn();
    }
  })();
  const result = await work();
  state.isOver = true;
  await storing;
  return result;
}

async function sweepAll({ engine }: MailNode): Promise<{ perSecond: number; longestBlock: number }> {
  const blocks = watchEventLoop();
  const start = performance.now();
  let swept = 0;
  for (let last: number = SLICE; last === SLICE && swept < MOST_SWEPT; swept += last) {
    last = await engine.expire(SLICE);
    await turn();
  }
  const milliseconds = performance.now() - start;
  return { perSecond: (swept * 1000) / milliseconds, longestBlock: blocks.stop() };
}

/** Milliseconds between two turns of the event loop that has nothing else to do, at most. */
function watchEventLoop(): { stop: () => number } {
  let longest = 0;
  let isOver = false;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  return {
    stop: () => {
      isOver = true;
      return longest;
    },
  };
}

function megabytes(bytes: number): string {
  return `${count(bytes / 1e6)} MB`;
}
