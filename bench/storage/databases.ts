import { chmod } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageEngine, NewMail } from '../../lib/storage/message-engine';
import { openPostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { promoteAlone, startGroup, urlOfAll } from '../../scripts/support/postgres-group';
import { PostgresServer } from '../../scripts/support/postgres-server';
import { postgresFolder } from '../../scripts/support/postgres-programs';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { coldStart } from './cold-start';
import { MailSource } from './mail';
import { readMailboxes, times } from './mailbox-reads';
import { fill, openNode } from './node';
import { inTurns, type Spent } from './rates';

const HEARD = 100;
const RETRY_MS = 5;

/** An engine with mail in it. */
interface Subject {
  readonly name: string;
  readonly engine: MessageEngine;
  /** The same mail in another process; absent where one process has it to itself. */
  readonly other?: MessageEngine;
  /** Milliseconds from the kill until it has taken mail again. It is closed afterwards. */
  readonly recover: () => Promise<number>;
}

/** PostgreSQL, alone and with two synchronous standbys, beside lmdb. Nothing where it is not installed. */
export async function databases(messages: number): Promise<Report[]> {
  if (postgresFolder() === undefined) {
    console.warn('PostgreSQL is not installed, and left out.');
    return [];
  }
  return withFolder(async (folder) => {
    // The servers run as another user.
    await chmod(folder, 0o711);
    const servers = [await PostgresServer.create([], folder), ...(await startGroup(2, folder))];
    const source = new MailSource(messages);
    try {
      const subjects = await open(folder, servers, source);
      for (const { engine } of subjects) await fill(engine, source, messages);
      // As in the middle of a day, when a server that is killed has little to recover.
      for (const server of servers) await server.sql('CHECKPOINT');
      return [await compare(subjects, source, messages)];
    } finally {
      await Promise.all(servers.map((server) => server.remove()));
    }
  });
}

async function open(
  folder: string,
  [alone, primary, standby]: readonly PostgresServer[],
  source: MailSource,
): Promise<Subject[]> {
  if (!alone || !primary || !standby) throw new Error('A server is missing.');
  const lmdb = await openNode('lmdb', `${folder}/lmdb`);
  const onDisk = {
    name: 'lmdb',
    engine: lmdb.engine,
    recover: async () => {
      await lmdb.close();
      return (await coldStart('lmdb', `${folder}/lmdb`)).milliseconds;
    },
  };
  const restart = async () => {
    await alone.kill();
    await alone.start();
  };
  const promote = async () => {
    await primary.kill();
    await promoteAlone(standby);
  };
  return [
    onDisk,
    await shared('PostgreSQL', alone.urlOf(), source, restart),
    await shared('PostgreSQL, one of two standbys confirms', urlOfAll([primary, standby]), source, promote),
  ];
}

async function shared(
  name: string,
  url: string,
  source: MailSource,
  kill: () => Promise<void>,
): Promise<Subject> {
  const engine = await openPostgresEngine({ database: { url } });
  const other = await openPostgresEngine({ database: { url } });
  const recover = async () => {
    const start = performance.now();
    const killed = kill();
    const mail = source.next();
    // It is down before it is up.
    while ((await isTaken(engine, mail)) && engine.health().state === 'ok') await wait(RETRY_MS);
    while (!(await isTaken(engine, mail))) await wait(RETRY_MS);
    const taken = performance.now() - start;
    await killed;
    await Promise.all([engine.close(), other.close()]);
    return taken;
  };
  return { name, engine, other, recover };
}

function isTaken(engine: MessageEngine, mail: NewMail): Promise<boolean> {
  return engine.put(mail).then(
    () => true,
    () => false,
  );
}

async function compare(subjects: readonly Subject[], source: MailSource, messages: number): Promise<Report> {
  const writers = subjects.map(({ name, engine }) => ({ name, put: () => engine.put(source.next()) }));
  const alone = await inTurns(writers, 1, 100);
  const together = await inTurns(writers, 64, 2048);
  const rows: string[][] = [];
  for (const [at, { name, engine, other, recover }] of subjects.entries()) {
    // Not counted: neither the compiler nor the server has seen these questions yet.
    await readMailboxes(engine, source);
    const reads = times(await readMailboxes(engine, source));
    const heard = other ? times(await hear(engine, other, source)) : '–';
    rows.push([name, rate(alone[at]), rate(together[at]), reads, heard, `${count(await recover())} ms`]);
  }
  return {
    title: `PostgreSQL beside lmdb, ${count(messages)} messages stored`,
    about:
      'All on one machine and one disk. Stores a second, alone and with 64 in flight. One mailbox: all of its messages ' +
      '(about 30) listed and read. Heard: from the acknowledgement of a message in one process until another process that ' +
      'shares the database has heard of it. After a kill: until mail is taken again; lmdb is opened in a fresh process, ' +
      'the server alone is started again at once, and of the others a standby is promoted at once.',
    columns: ['', 'alone', '64 in flight', 'mailbox p50 / p99', 'heard p50 / p99', 'after a kill'],
    rows,
    alsoIn: 'postgresql',
  };
}

/** Milliseconds, sorted. */
async function hear(engine: MessageEngine, other: MessageEngine, source: MailSource): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < HEARD; n += 1) {
    const mail = source.next();
    const heard = new Promise<number>((resolve) => {
      const stop = other.onMail((mailbox) => {
        if (Buffer.compare(mailbox, mail.mailbox) !== 0) return;
        stop();
        resolve(performance.now());
      });
    });
    await engine.put(mail);
    const stored = performance.now();
    taken.push(Math.max(0, (await heard) - stored));
    // Not always at the same moment between two looks of the other process.
    await wait(Math.random() * 100);
  }
  return taken.sort((a, b) => a - b);
}

function rate(spent: Spent | undefined): string {
  return spent ? count((spent.operations * 1000) / spent.milliseconds) : '–';
}
