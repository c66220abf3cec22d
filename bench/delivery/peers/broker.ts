import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { systemDisk } from '../../../lib/platform/system/system-disk';
import { cpuSeconds } from '../../support/processor';

/** Where Debian puts it; not in every user's PATH. */
const PROGRAM = '/usr/sbin/mosquitto';
const START_MS = 10_000;

/** mosquitto on a loopback port of its own, persistent, with its other settings as they are. */
export class Broker {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #kill = () => this.#process.kill();

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    process.once('exit', this.#kill);
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  /** @param folder for its configuration and its messages */
  static async start(folder: string): Promise<Broker> {
    const port = await freePort();
    await systemDisk.makeFolder(folder);
    const configuration = `${folder}/mosquitto.conf`;
    await writeFile(configuration, settings(folder, port));
    const child = spawn(PROGRAM, ['-c', configuration], { stdio: 'ignore' });
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`mosquitto ended with code ${String(code)}`);
    });
    const broker = new Broker(child, port);
    await Promise.race([accepts(port), failed.catch(explain)]);
    return broker;
  }

  /** Processor seconds so far. */
  cpu(): Promise<number> {
    return cpuSeconds(this.#process.pid ?? 0);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#kill();
    await ended;
    process.off('exit', this.#kill);
  }
}

function settings(folder: string, port: number): string {
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'log_type none',
    // As root it would change to a user who may not write there.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function accepts(port: number): Promise<void> {
  for (let waited = 0; waited < START_MS; waited += 50) {
    if (await canConnect(port)) return;
    await wait(50);
  }
  throw new Error('mosquitto does not listen');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function explain(error: unknown): never {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!isMissing) throw error;
  throw new Error(`${PROGRAM} is not here: run scripts/install-system-packages.sh as root`, { cause: error });
}
