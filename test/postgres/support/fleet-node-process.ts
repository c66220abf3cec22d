import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { DatabaseSettings } from '../../../lib/index';

/** What a fleet-node.ts needs to begin. */
export interface FleetNodeStart {
  readonly database: DatabaseSettings;
  readonly secret: Uint8Array;
  readonly node: Uint8Array;
  readonly friends: readonly Uint8Array[];
}

export type FleetNodeOrder =
  | {
      readonly do: 'store';
      readonly submitter: Uint8Array;
      readonly mailbox: Uint8Array;
      readonly envelopes: readonly Uint8Array[];
    }
  | { readonly do: 'list'; readonly recipient: Uint8Array }
  | { readonly do: 'delete'; readonly recipient: Uint8Array; readonly storageId: Uint8Array }
  | { readonly do: 'stop' };

/** `queued`: every envelope of the order has reached the engine; `answer`: it is done. */
export type FleetNodeWord = { readonly queued: true } | { readonly answer: unknown };

/** A running fleet-node.ts. One order at a time. */
export class FleetNodeProcess {
  readonly #process: ChildProcess;

  private constructor() {
    const options = { serialization: 'advanced' } as const;
    this.#process = fork(require.resolve('./fleet-node'), [], options);
  }

  /** With a database that it can use. */
  static async start(start: FleetNodeStart): Promise<FleetNodeProcess> {
    const node = new FleetNodeProcess();
    assert.deepEqual(await node.#ask(start), { state: 'ok' });
    return node;
  }

  /** Resolves when all have reached the engine; their codes follow. */
  async store(
    order: Omit<Extract<FleetNodeOrder, { do: 'store' }>, 'do'>,
  ): Promise<{ readonly codes: Promise<unknown[]> }> {
    this.#process.send({ do: 'store', ...order });
    await this.#word((word) => 'queued' in word);
    return { codes: this.#answer() as Promise<unknown[]> };
  }

  /** Storage ids. */
  async list(recipient: Uint8Array): Promise<Uint8Array[]> {
    return (await this.#ask({ do: 'list', recipient })) as Uint8Array[];
  }

  /** Whether it was there. */
  async delete(recipient: Uint8Array, storageId: Uint8Array): Promise<boolean> {
    return (await this.#ask({ do: 'delete', recipient, storageId })) === true;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.send({ do: 'stop' });
    await exit;
  }

  #ask(order: FleetNodeOrder | FleetNodeStart): Promise<unknown> {
    this.#process.send(order);
    return this.#answer();
  }

  async #answer(): Promise<unknown> {
    const word = await this.#word((each) => 'answer' in each);
    return 'answer' in word ? word.answer : undefined;
  }

  #word(isIt: (word: FleetNodeWord) => boolean): Promise<FleetNodeWord> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('The process of a fleet node ended.'));
      const hear = (word: FleetNodeWord) => {
        if (!isIt(word)) return;
        this.#process.off('message', hear).off('exit', ended);
        resolve(word);
      };
      this.#process.on('message', hear).once('exit', ended);
    });
  }
}
