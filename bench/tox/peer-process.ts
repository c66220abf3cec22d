import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cpuSeconds, residentBytes } from '../support/processor';
import type { PeerOrder, PeerStart, PeerWord } from './peer';

/** Compiled, as the package ships: what runs TypeScript as it is takes memory in every process. */
const PEER = path.resolve('.cache/bench/bench/tox/peer.js');

/** A running peer.ts, with the child in which our transport keeps libtoxcore. */
export class PeerProcess {
  readonly #process: ChildProcess;
  /** Resolves when its friend is online. */
  readonly online: Promise<unknown>;

  constructor(start: PeerStart) {
    this.#process = fork(PEER, { serialization: 'advanced', execArgv: [] });
    this.online = once(this.#process, 'message');
    this.#tell(start);
  }

  send(bytes: number): void {
    this.#tell({ send: bytes });
  }

  /** Packets that it has received so far. */
  async received(): Promise<number> {
    return (await this.#ask()).received;
  }

  /** Processor seconds of the process itself and of libtoxcore's, when that is another. */
  async cpu(): Promise<{ own: number; child: number }> {
    const { child } = await this.#ask();
    return {
      own: await cpuSeconds(this.#process.pid ?? 0),
      child: child === undefined ? 0 : await cpuSeconds(child),
    };
  }

  async memory(): Promise<number> {
    const { child } = await this.#ask();
    const own = await residentBytes(this.#process.pid ?? 0);
    return own + (child === undefined ? 0 : await residentBytes(child));
  }

  async end(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }

  async #ask(): Promise<Extract<PeerWord, { received: number }>> {
    const answer = once(this.#process, 'message') as Promise<[Extract<PeerWord, { received: number }>]>;
    this.#tell({ count: true });
    return (await answer)[0];
  }

  #tell(order: PeerOrder): void {
    this.#process.send(order);
  }
}
