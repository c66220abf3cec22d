import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BootstrapNode } from '../../../lib/transport/toxcore/bootstrap-nodes';
import { PROCESS_MS, until } from './until';

const exec = promisify(execFile);
const COLUMNS = 160;
const ROWS = 50;

/** toxic, a real Tox client, in a terminal of tmux: what a person would type and see. */
export class ToxicClient {
  readonly #folder: string;
  readonly #node: BootstrapNode | undefined;

  /**
   * @param folder for its profile and files; made when it is not there
   * @param node the way into the network; none to stay offline
   */
  constructor(folder: string, node?: BootstrapNode) {
    this.#folder = folder;
    this.#node = node;
  }

  get profileFile(): string {
    return path.join(this.#folder, 'profile.tox');
  }

  /** Starts it; a new profile is sealed when there is a passphrase. */
  async start(passphrase?: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const isNew = !existsSync(this.profileFile);
    const file = (name: string) => path.join(this.#folder, name);
    await writeFile(file('toxic.conf'), 'tox = { nodeslist_update_freq = 0; };\n');
    await writeFile(file('nodes.json'), JSON.stringify(nodeList(this.#node)));
    const files = [
      '-c',
      file('toxic.conf'),
      '-n',
      file('nodes.json'),
      '-f',
      this.profileFile,
      '-l',
      file('log'),
    ];
    const command = ['toxic', '-4', '-L', ...(this.#node ? [] : ['-o']), ...files];
    await this.#tmux('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), command.join(' '));
    if (isNew) {
      await this.sees('Would you like to encrypt it');
      await this.type(passphrase === undefined ? 'n' : 'y');
      if (passphrase !== undefined) {
        await this.sees('Enter a new password');
        await this.type(passphrase);
        await this.sees('Enter password again');
        await this.type(passphrase);
      }
    }
    await this.sees('Welcome to Toxic');
  }

  /** Types a line and presses the enter key. */
  async type(line: string): Promise<void> {
    await this.#tmux('send-keys', '-l', line);
    await this.#tmux('send-keys', 'Enter');
  }

  /** The next window, as by a press of its key. */
  async nextWindow(): Promise<void> {
    await this.#tmux('send-keys', 'C-p');
  }

  async screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-J');
  }

  /** Waits until the screen shows a text. */
  async sees(text: string | RegExp, limitMs = PROCESS_MS): Promise<void> {
    let shown = '';
    await until(
      () => `${String(text)} on the screen of toxic:\n${shown}`,
      async () => {
        shown = await this.screen();
        return typeof text === 'string' ? shown.includes(text) : text.test(shown);
      },
      limitMs,
    );
  }

  async toxId(): Promise<string> {
    await this.type('/myid');
    await this.sees(/\b[0-9A-F]{76}\b/);
    return /\b[0-9A-F]{76}\b/.exec(await this.screen())?.[0] ?? '';
  }

  async isRunning(): Promise<boolean> {
    return this.#tmux('list-sessions').then(
      () => true,
      () => false,
    );
  }

  async quit(): Promise<void> {
    await this.type('/quit');
    await until('the end of toxic', async () => !(await this.isRunning()), PROCESS_MS);
  }

  /** Ends it when a test failed half-way. */
  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
  }

  async #tmux(...args: string[]): Promise<string> {
    const socket = path.join(this.#folder, 'tmux');
    const env = { ...process.env, HOME: this.#folder, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
    const { stdout } = await exec('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env });
    return stdout;
  }
}

/** In toxic's format, which is that of https://nodes.tox.chat/json. */
function nodeList(node: BootstrapNode | undefined): object {
  const now = Math.floor(Date.now() / 1000);
  const nodes = node
    ? [
        {
          ipv4: node.host,
          ipv6: '-',
          port: node.port,
          tcp_ports: [node.port],
          public_key: node.key,
          maintainer: '-',
          location: '-',
          status_udp: true,
          status_tcp: true,
          version: '-',
          motd: '-',
          last_ping: now,
        },
      ]
    : [];
  return { last_scan: now, last_refresh: now, nodes };
}
