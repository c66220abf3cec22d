import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { ExitCode } from '../../../bin/exit-codes';
import type { Machine, Output } from '../../../bin/machine';
import { runCommandLine } from '../../../bin/run';
import { systemPlatform, VirtualNetwork, type VirtualTransport } from '../../../lib/index';

/** An output that keeps what is written. */
export class KeptOutput implements Output {
  text = '';
  /** Says that whoever read it has gone. */
  broken = false;

  constructor(readonly isTTY = false) {}

  write(text: string, done: (error?: Error | null) => void): void {
    if (!this.broken) this.text += text;
    const error = this.broken ? new Error('EPIPE') : undefined;
    setImmediate(() => done(error));
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly isTTY?: boolean;
  /** The network in place of the virtual one. */
  readonly connect?: Machine['connect'];
  /** Answers to questions for secrets, in order. */
  readonly secrets?: readonly string[];
}

/** A command line that was started. */
export class Run {
  readonly stdout: KeptOutput;
  readonly stderr = new KeptOutput();
  readonly questions: string[] = [];
  readonly exitCode: Promise<ExitCode>;
  readonly #end = new AbortController();

  constructor(user: CommandUser, args: readonly string[], options: RunOptions) {
    const { env = {}, input = '', isTTY = false, secrets } = options;
    this.stdout = new KeptOutput(isTTY);
    const answers = [...(secrets ?? [])];
    const machine: Machine = {
      env: { PATH: process.env.PATH, TOX_ASYNC_DATA: user.dataDir, ...env },
      cwd: user.folder,
      home: user.folder,
      stdin: Readable.from([Buffer.from(input as string)], { objectMode: false }),
      stdout: this.stdout,
      stderr: this.stderr,
      signal: this.#end.signal,
      connect: options.connect ?? user.connect,
      ...(secrets !== undefined && {
        askSecret: (question: string) => {
          this.questions.push(question);
          return Promise.resolve(answers.shift() ?? '');
        },
      }),
    };
    this.exitCode = runCommandLine(args, machine);
  }

  /** As a signal does. */
  end(): Promise<ExitCode> {
    this.#end.abort();
    return this.exitCode;
  }

  /** Waits until this was written to the standard output. */
  async says(pattern: RegExp): Promise<void> {
    let ended: ExitCode | undefined;
    void this.exitCode.then((exitCode) => (ended = exitCode));
    while (!pattern.test(this.stdout.text)) {
      assert.equal(ended, undefined, `It ended. ${this.stderr.text}`);
      await setTimeout(10);
    }
  }
}

/** Somebody with a data directory and the command, on a virtual network with others. */
export class CommandUser {
  readonly #runs: Run[] = [];

  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly network: VirtualNetwork,
  ) {}

  static async of(name: string, network: VirtualNetwork): Promise<CommandUser> {
    return new CommandUser(name, await mkdtemp(path.join(os.tmpdir(), 'tox-command-')), network);
  }

  /** The virtual network. */
  readonly connect: Machine['connect'] = ({ publicKey }) =>
    Promise.resolve(leavingAtStop(this.network.join({ publicKey, name: this.name })));

  get dataDir(): string {
    return path.join(this.folder, 'data');
  }

  /** Starts a command. */
  start(args: readonly string[], options: RunOptions = {}): Run {
    const run = new Run(this, args, options);
    this.#runs.push(run);
    return run;
  }

  /** Runs one to its end. */
  async run(args: readonly string[], options: RunOptions = {}) {
    const run = this.start(args, options);
    const exitCode = await run.exitCode;
    return {
      exitCode,
      out: run.stdout.text,
      lines: run.stdout.lines,
      err: run.stderr.text,
      questions: run.questions,
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.end()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** On Tox, too, nobody has a place when their process has ended. */
function leavingAtStop(transport: VirtualTransport): VirtualTransport {
  const leave = transport.leave.bind(transport);
  return Object.assign(transport, { stop: leave });
}

export function newNetwork(): VirtualNetwork {
  return new VirtualNetwork(systemPlatform);
}
