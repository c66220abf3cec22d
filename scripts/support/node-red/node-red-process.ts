import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { LogReader } from '../log-reader';
import type { LogLine, WaitOptions } from '../log-reader';
import { writeSettings } from './node-red-settings';
import type { Settings } from './node-red-settings';
import { ROOT } from '../project';

export interface NodeRedOptions {
  /** Absolute path of the user directory; made when missing. `settings.js` in it is overwritten. */
  userDir: string;
  /** Added to the quiet defaults of node-red-settings.ts (top-level keys replace). */
  settings?: Settings;
  env?: Record<string, string>;
  /** The runtime to start and the Node that runs it; this project's own when absent. */
  redJs?: string;
  nodeBinary?: string;
  /** Time to the first started flows. */
  startLimitMs?: number;
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Node-RED's close handlers have 15 s; then it must be gone. */
const STOP_LIMIT_MS = 20_000;

// What the runtime logs, in English and, when its setting `lang` is so, in German.
const READY =
  /\] (Started flows|Flows sind gestartet|Flows stopped in safe mode|Waiting for missing types|Error loading flows: Error: Failed to decrypt)/;
const DEPLOYED = /\] (Started (modified )?(flows|nodes)|Flows sind gestartet|Waiting for missing types)/;
const LISTENING = /(?:Server now running at|Server wird jetzt auf) (http\S+?)\/?(?:\s|$)/;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real Node-RED in its own process, for tests and the demo. Every wait is for an event, none for a time. */
export class NodeRedProcess {
  /** Where the admin API and the http nodes listen, without a slash at the end. */
  readonly url: string;
  readonly exited: Promise<Exit>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly log: LogReader,
    url: string,
    exited: Promise<Exit>,
  ) {
    this.url = url;
    this.exited = exited;
  }

  /**
   * Resolves when the server listens and the flows have started, or are held back by the setting `safeMode` or because the
   * credentials of a project cannot be decrypted.
   * @throws Error with the end of the log when it ends, takes too long, or lacks a node type of the flows
   */
  static async start(options: NodeRedOptions): Promise<NodeRedProcess> {
    const settingsFile = await writeSettings(options.userDir, options.settings);
    const redJs = options.redJs ?? path.join(ROOT, 'node_modules/node-red/red.js');
    const child = spawn(options.nodeBinary ?? process.execPath, [redJs, '--settings', settingsFile], {
      cwd: options.userDir,
      env: { ...withoutNodeOptions(process.env), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const log = new LogReader();
    child.stdout.setEncoding('utf8').on('data', (text: string) => log.push('stdout', text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push('stderr', text));
    const exited = exitOf(child);
    void exited.then(({ code, signal }) => {
      running.delete(child);
      log.end(`Node-RED ended (${signal ?? `code ${String(code)}`})`);
    });
    try {
      const timeoutMs = options.startLimitMs ?? 60_000;
      const started = await log.waitFor(READY, { timeoutMs });
      if (started.text.includes('Waiting')) throw new Error(`Node types are missing\n${log.tail()}`);
      const { text } = await log.waitFor(LISTENING, { timeoutMs });
      const url = LISTENING.exec(text)?.[1] ?? '';
      return new NodeRedProcess(child, log, url, exited);
    } catch (error) {
      child.kill('SIGKILL');
      await exited;
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** All lines written so far, oldest first; its length is a mark for `waitForLog({ from })`. */
  get lines(): readonly LogLine[] {
    return this.log.lines;
  }

  waitForLog(pattern: RegExp, options?: WaitOptions): Promise<LogLine> {
    return this.log.waitFor(pattern, options);
  }

  /** A request to the admin API or an http node. @throws Error for a status other than 2xx */
  async request(pathname: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(this.url + pathname, init);
    if (response.ok) return response;
    throw new Error(`${init.method ?? 'GET'} ${pathname}: ${response.status} ${await response.text()}`);
  }

  /** The JSON at a path of the admin API; the caller vouches for its type. */
  async json(pathname: string): Promise<unknown> {
    const response = await this.request(pathname, { headers: { accept: 'application/json' } });
    return response.json();
  }

  /**
   * Deploys flows (an array of nodes, as in an exported file) and resolves when they have started.
   * @param type what is restarted: all, or only the changed flows or nodes
   */
  async deploy(flows: readonly unknown[], type: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    await this.#start(flows, type);
  }

  /** Starts the flows on the disk, also when the setting `safeMode` holds them back. */
  async startSavedFlows(): Promise<void> {
    await this.#start([], 'reload');
  }

  async #start(flows: readonly unknown[], type: string): Promise<void> {
    const from = this.lines.length;
    await this.request('/flows', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': type },
      body: JSON.stringify(flows),
    });
    const { text } = await this.waitForLog(DEPLOYED, { from });
    if (text.includes('Waiting')) throw new Error(`Node types are missing\n${this.log.tail()}`);
  }

  /** An orderly end, as by `systemctl stop`. @throws Error when the process outlives its close handlers' time */
  async stop(): Promise<Exit> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    if (exit.signal === null) return exit;
    throw new Error(`Node-RED did not stop in order (${exit.signal})\n${this.log.tail()}`);
  }

  /**
   * Runs `task` while the process stands still, so that its files are those of one moment. POSIX systems only.
   */
  async whileFrozen<T>(task: () => Promise<T>): Promise<T> {
    this.child.kill('SIGSTOP');
    try {
      return await task();
    } finally {
      this.child.kill('SIGCONT');
    }
  }

  /** Power loss as far as the process is concerned: SIGKILL, no handler runs. */
  async kill(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  // 'close' comes after the last output, and also when the process could not be started.
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

/** A loader for TypeScript in this process must not reach the runtime: it runs what users run. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NODE_OPTIONS'));
}
