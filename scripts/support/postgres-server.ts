import { execFile, spawn } from 'node:child_process';
import { appendFile, chown, mkdtemp, open, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { postgresFolder, unprivilegedUser } from './postgres-programs';

const execute = promisify(execFile);

export const USER = 'keeper';
export const PASSWORD = 'not a secret: 100%';
const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'shared_buffers = 32MB',
  'wal_level = replica',
  'max_wal_senders = 8',
  'wal_keep_size = 256MB',
  'hot_standby = on',
  // In its folder, which goes: a server that is killed leaves it behind.
  'dynamic_shared_memory_type = mmap',
  // A server of a test has little to recover, and is to be quick about it.
  'checkpoint_timeout = 30min',
];

/** A PostgreSQL of its own, on loopback, under an unprivileged user, in a folder that goes with it. */
export class PostgresServer {
  readonly port: number;
  readonly folder: string;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /** Makes an empty one in a new folder of `base` and starts it. `settings`: further lines of postgresql.conf. */
  static async create(settings: readonly string[] = [], base = os.tmpdir()): Promise<PostgresServer> {
    const server = await PostgresServer.#inNewFolder(base);
    const passwordFile = await server.give('password', PASSWORD);
    const auth = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, `--username=${USER}`];
    await server.#run('initdb', '--no-sync', '--encoding=UTF8', '--locale=C', ...auth, server.data);
    await server.configure([...SETTINGS, ...settings]);
    await server.start();
    return server;
  }

  /** A standby of `primary` that follows it, under `name`. */
  static async follow(primary: PostgresServer, name: string): Promise<PostgresServer> {
    const server = await PostgresServer.#inNewFolder(path.dirname(primary.folder));
    const from = `host=127.0.0.1 port=${primary.port} user=${USER} application_name=${name} password='${PASSWORD}'`;
    await server.#run(
      'pg_basebackup',
      '-D',
      server.data,
      '-R',
      '-X',
      'stream',
      '--checkpoint=fast',
      '-d',
      from,
    );
    await server.configure([]);
    await server.start();
    return server;
  }

  /** The one whose files lie in `folder`, which nothing runs on; not yet started. */
  static async found(folder: string): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), folder);
    await rm(path.join(server.data, 'postmaster.pid'), { force: true });
    await server.configure([]);
    return server;
  }

  static async #inNewFolder(base: string): Promise<PostgresServer> {
    const folder = await mkdtemp(path.join(base, 'tox-async-postgres-'));
    const server = new PostgresServer(await freePort(), folder);
    await server.#own(folder);
    return server;
  }

  get data(): string {
    return path.join(this.folder, 'data');
  }

  urlOf(database = 'postgres', user = USER, password = PASSWORD): string {
    return `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`;
  }

  /** Adds lines to postgresql.conf; the last of a name holds. */
  async configure(lines: readonly string[]): Promise<void> {
    await appendFile(
      path.join(this.data, 'postgresql.conf'),
      `\n${[...lines, `port = ${this.port}`].join('\n')}\n`,
    );
  }

  /** A file of the server's own user, and nobody else's. Gives its path. */
  async give(name: string, text: string): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, text, { mode: 0o600 });
    await this.#own(file);
    return file;
  }

  /** Dumps a schema and restores it on another server. */
  async dumpTo(other: PostgresServer, schema: string): Promise<void> {
    const file = path.join(this.folder, `${schema}.sql`);
    await this.#run('pg_dump', '--schema', schema, '--file', file, '--dbname', this.urlOf());
    await other.#run('psql', '--quiet', '--set=ON_ERROR_STOP=1', '--file', file, '--dbname', other.urlOf());
  }

  async start(): Promise<void> {
    await this.#run(
      'pg_ctl',
      'start',
      '-w',
      '-t',
      '60',
      '-D',
      this.data,
      '-l',
      path.join(this.folder, 'log'),
    );
  }

  async reload(): Promise<void> {
    await this.#run('pg_ctl', 'reload', '-D', this.data);
  }

  async promote(): Promise<void> {
    await this.#run('pg_ctl', 'promote', '-w', '-t', '60', '-D', this.data);
  }

  /** In order. */
  async stop(): Promise<void> {
    await this.#run('pg_ctl', 'stop', '-m', 'fast', '-w', '-D', this.data);
  }

  /** SIGKILL to every process of it, so that nothing is written any more. */
  async kill(): Promise<void> {
    const pid = Number((await readFile(path.join(this.data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGSTOP');
    const { stdout } = await execute('ps', ['-o', 'pid=', '--ppid', String(pid)]);
    for (const child of [...stdout.trim().split(/\s+/).map(Number), pid]) signal(child, 'SIGKILL');
    await rm(path.join(this.data, 'postmaster.pid'), { force: true });
  }

  /** Stops every process of it (`on`) or lets them go on: what a network shows that is cut. */
  async freeze(on: boolean): Promise<void> {
    const pid = Number((await readFile(path.join(this.data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    const { stdout } = await execute('ps', ['-o', 'pid=', '--ppid', String(pid)]);
    for (const child of [pid, ...stdout.trim().split(/\s+/).map(Number)])
      signal(child, on ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends it, if it runs, and removes it. */
  async remove(): Promise<void> {
    await this.kill().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** As the superuser. Gives the rows. */
  async sql(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.urlOf(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(text);
      return rows;
    } finally {
      await client.end();
    }
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    const options = { ...unprivilegedUser(), cwd: this.folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
    // Not by pipes: the server that pg_ctl starts would keep them open.
    const output = path.join(this.folder, `${program}.log`);
    const file = await open(output, 'a');
    try {
      const child = spawn(path.join(postgresFolder() ?? '', program), args, {
        ...options,
        stdio: ['ignore', file.fd, file.fd],
      });
      const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
      if (code !== 0) throw new Error(`${program}: ${await readFile(output, 'utf8')}`);
    } finally {
      await file.close();
    }
  }

  async #own(file: string): Promise<void> {
    const user = unprivilegedUser();
    if (user) await chown(file, user.uid, user.gid);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** A folder in memory where there is room for several servers, else on the disk: a test waits for no disk. */
export async function quickFolder(): Promise<string> {
  const memory = '/dev/shm';
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 2 ** 30 ? memory : os.tmpdir();
}

/** One that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
