import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';
import { PROCESS_MS, until } from './until';

/** `tox-async` in a process of its own. */
export class CommandProcess {
  readonly #process: ChildProcess;
  out = '';
  err = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const command = ['--require', 'tsx/cjs', path.join(ROOT, 'bin/tox-async.ts'), ...args];
    this.#process = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What the standard output has that matches, once it is there. */
  async says(pattern: RegExp, limitMs = PROCESS_MS): Promise<string> {
    await until(
      () => `${String(pattern)} in\n${this.out}${this.err}`,
      () => pattern.test(this.out),
      limitMs,
    );
    return pattern.exec(this.out)?.[0] ?? '';
  }

  /** Its exit code; null when a signal ended it. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      await once(this.#process, 'close');
    }
    return this.#process.exitCode;
  }

  terminate(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return this.ended();
  }
}
