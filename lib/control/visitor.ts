import type { Duplex } from 'node:stream';
import { asToxAsyncError } from '../errors';
import type { Timers } from '../platform/timers';
import { readLines } from './read-lines';
import { LONGEST_REQUEST, readRequest } from './read-request';
import type { Control, ControlHooks, ControlMessage } from './requests';

/** A visitor asks within this time, milliseconds, or is sent away. */
const ASK_MS = 10_000;

/**
 * Answers the one request of a process that connected to the lock of the data directory, which is of the same user. It
 * hears `progress` and `message` lines before the `answer` or the `error`, and says of each message whether it took it.
 */
export class Visitor {
  readonly #stream: Duplex;
  readonly #control: Control;
  readonly #gone = new AbortController();
  #asked = false;
  /** Who waits to hear whether a message was taken. */
  #onTaken: ((taken: boolean) => void) | undefined;

  constructor(stream: Duplex, control: Control, timers: Timers) {
    this.#stream = stream;
    this.#control = control;
    const late = timers.after(ASK_MS, () => {
      if (!this.#asked) stream.destroy();
    });
    void readLines(stream, LONGEST_REQUEST, (line) => this.#hear(line))
      .catch((error: unknown) => this.#sayError(error))
      .finally(() => {
        late.cancel();
        this.#gone.abort();
        this.#onTaken?.(false);
        stream.destroy();
      });
  }

  #hear(line: string): void {
    const onTaken = this.#onTaken;
    this.#onTaken = undefined;
    if (onTaken !== undefined) onTaken(line === TAKEN);
    else if (!this.#asked) void this.#answer(line);
    this.#asked = true;
  }

  async #answer(line: string): Promise<void> {
    const hooks: ControlHooks = {
      signal: this.#gone.signal,
      onProgress: (progress) => this.#say({ progress }),
      onMessage: (message) => this.#hand(message),
    };
    try {
      this.#say({ answer: await this.#control.ask(readRequest(line), hooks) });
    } catch (error) {
      this.#sayError(error);
    }
    this.#stream.end();
  }

  #hand(message: ControlMessage): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#gone.signal.aborted) return resolve(false);
      this.#onTaken = resolve;
      this.#say({ message });
    });
  }

  #sayError(error: unknown): void {
    const { code, message } = asToxAsyncError(error, 'ErrRefused');
    this.#say({ error: { code, message } });
  }

  #say(line: object): void {
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(line)}\n`);
  }
}

/** Lines about a message: it was taken and is to be erased, or is to come again. */
export const TAKEN = '{"taken":true}';
export const NOT_TAKEN = '{"taken":false}';
