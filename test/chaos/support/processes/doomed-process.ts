import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { FromChild, ToChild } from './child-messages';

const PROGRAM = path.join(__dirname, 'child.ts');

/** The parent's side of a process that is made to be killed; it boots before it is needed. */
export class DoomedProcess {
  /** All that it said was heard, and it is gone. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #listener: (message: FromChild) => void = () => undefined;

  constructor() {
    this.#child = spawn(process.execPath, ['--require', 'tsx/cjs', PROGRAM], {
      stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
    });
    const said = createInterface({ input: this.#child.stdio[3] as Readable });
    const heard = new Promise((resolve) => said.once('close', resolve));
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.gone = Promise.all([heard, exited]).then(() => undefined);
    // Words to a dead process are lost, as on a network.
    this.#child.stdin?.on('error', () => undefined);
    this.#ready = new Promise((resolve, reject) => {
      said.on('line', (line) => {
        const message = JSON.parse(line) as FromChild;
        if (message.kind === 'ready') resolve();
        else this.#listener(message);
      });
      void this.gone.then(() => reject(new Error('the child ended before it was ready')));
    });
  }

  /** Once it has booted. @param listener hears what it says, one line after the other */
  async open(
    message: Extract<ToChild, { kind: 'open' }>,
    listener: (message: FromChild) => void,
  ): Promise<void> {
    this.#listener = listener;
    await this.#ready;
    this.tell(message);
  }

  tell(message: ToChild): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
