import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { ToxAsyncError } from '../../../errors';
import type { Timer, Timers } from '../../../platform/timers';
import type { Logger } from '../../../types';
import { childModule } from './child-loader';
import { FramedChannel } from '../framed-channel';
import type { Call, Order, Report } from '../process-messages';
import type { CompleteSettings } from '../toxcore-settings';

/** The child says every 2 s that its loop turns; one that is silent for this many checks hangs. */
const CHECK_MS = 5000;
const SILENT_CHECKS = 3;
/**
 * Time to start: libtoxcore itself takes a fraction of a second, a proxy may take 10 s. A machine so busy that Node.js
 * needs a minute for its start would never get over a shorter one.
 */
const START_MS = 120_000;
/** Time for an orderly end. */
const STOP_MS = 3000;
const MAX_LOGGED = 500;

type Opened = Extract<Report, { kind: 'opened' }>;
type Happened = Extract<Report, { kind: 'happened' }>;

export interface ToxChildOptions {
  readonly settings: CompleteSettings;
  readonly savedata: Uint8Array;
  readonly timers: Timers;
  readonly log: Logger;
  readonly onEvents: (events: Happened['events']) => void;
  /** The process is gone, for whatever reason; nothing follows. */
  readonly onEnd: (reason: string) => void;
  /** Another process in its place, for tests. */
  readonly module?: ReturnType<typeof childModule>;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: ToxAsyncError): void;
}

/** One child process, from its start to its end. Ends one that hangs. */
export class ToxChild {
  readonly #o: ToxChildOptions;
  readonly #process: ChildProcess;
  readonly #channel: FramedChannel;
  readonly #calls = new Map<number, Waiting<Uint8Array>>();
  #opening: Waiting<Opened> | undefined;
  #stopped: Waiting<Uint8Array | undefined> | undefined;
  #requests = 0;
  #silentChecks = 0;
  #ended = false;
  #why: string | undefined;

  constructor(options: ToxChildOptions) {
    this.#o = options;
    const { file, execArgv } = options.module ?? childModule();
    this.#process = spawn(process.execPath, [...execArgv, file], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#process.on('error', (error) => this.#end(error.message));
    this.#channel = new FramedChannel(pipeOf(this.#process), {
      onMessage: (report) => this.#hear(report as Report),
      onBroken: (reason) => this.#nonsense(reason),
    });
    this.#process.on('exit', (code, signal) =>
      this.#end(this.#why ?? signal ?? `it exited with code ${code ?? '?'}`),
    );
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      options.log.warn(`libtoxcore process: ${text.trim().slice(0, MAX_LOGGED)}`);
    });
  }

  /** For tests and for people who look at a process list. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Starts libtoxcore. @throws what tox-open.ts and library-loader.ts throw, ErrTransport */
  open(): Promise<Opened> {
    return new Promise((resolve, reject) => {
      const limit = this.#o.timers.after(START_MS, () => this.#kill('it did not start'));
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          limit.cancel();
          settle(value);
        };
      this.#opening = { resolve: settled(resolve), reject: settled(reject) };
      const { settings, savedata } = this.#o;
      this.send({ kind: 'open', settings, savedata });
    });
  }

  /** @param onWritten the bytes of its packets may be used again */
  send(order: Order, onWritten?: () => void): void {
    // A process that is ending takes nothing; its end is reported by itself.
    this.#channel.send(order, onWritten);
  }

  /** The number of the next request. */
  nextRequest(): number {
    this.#requests += 1;
    return this.#requests;
  }

  /** The savedata after the change. @throws what libtoxcore refuses; ErrTransport when the process ends first */
  call(call: Call): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(ended('it is not running'));
      const request = this.nextRequest();
      this.#calls.set(request, { resolve, reject });
      this.send({ kind: 'call', request, call });
    });
  }

  /** An orderly end: sends what waits, says goodbye. The last savedata, or undefined when it had to be killed. */
  async stop(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    const limit = this.#o.timers.after(STOP_MS, () => this.#kill('it did not stop'));
    const savedata = await new Promise<Uint8Array | undefined>((resolve) => {
      this.#stopped = { resolve, reject: () => resolve(undefined) };
      this.send({ kind: 'stop' });
    });
    this.#channel.disconnect();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      await new Promise((resolve) => this.#process.once('exit', resolve));
    }
    limit.cancel();
    return savedata;
  }

  /** What makes no sense (memory damaged in native code, another version's files) ends that process, not this one. */
  #hear(report: Report): void {
    try {
      this.#take(report);
    } catch (error) {
      this.#nonsense(String(error));
    }
  }

  #nonsense(reason: string): void {
    this.#o.log.error(`A report from the libtoxcore process could not be handled: ${reason}`);
    this.#kill('it sent an invalid report');
  }

  #take(report: Report): void {
    this.#silentChecks = 0;
    switch (report.kind) {
      case 'opened':
        this.#opening?.resolve(report);
        this.#opening = undefined;
        this.#watch();
        return;
      case 'failed':
        this.#fail(report);
        return;
      case 'answer':
        this.#calls.get(report.request)?.resolve(report.savedata);
        this.#calls.delete(report.request);
        return;
      case 'happened':
        this.#o.onEvents(report.events);
        return;
      case 'alive':
        return;
      case 'stopped':
        this.#stopped?.resolve(report.savedata);
        return;
    }
  }

  #fail({ request, code, text }: Extract<Report, { kind: 'failed' }>): void {
    const error = new ToxAsyncError(code, text);
    if (request !== undefined) {
      this.#calls.get(request)?.reject(error);
      this.#calls.delete(request);
      return;
    }
    this.#opening?.reject(error);
    this.#opening = undefined;
    this.#channel.disconnect();
  }

  /** One silent check alone may mean that this process stood still; then the child's words are read first. */
  #watch(): Timer {
    return this.#o.timers.after(CHECK_MS, () => {
      if (this.#ended) return;
      this.#silentChecks += 1;
      if (this.#silentChecks >= SILENT_CHECKS) this.#kill('it stopped responding');
      else this.#watch();
    });
  }

  #kill(why: string): void {
    this.#why = why;
    this.#process.kill('SIGKILL');
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const error = ended(reason);
    this.#opening?.reject(error);
    this.#opening = undefined;
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    this.#stopped?.resolve(undefined);
    this.#o.onEnd(reason);
  }
}

/** There is none where this process may open no more files: then the process does not start, which it tells later. */
function pipeOf({ stdio }: { readonly stdio?: ChildProcess['stdio'] }): Duplex {
  return (stdio?.[3] as Duplex | undefined) ?? new Duplex().destroy();
}

function ended(reason: string): ToxAsyncError {
  return new ToxAsyncError(
    'ErrTransport',
    `The libtoxcore process ended: ${reason}. It restarts automatically. Try again when it is running.`,
  );
}
