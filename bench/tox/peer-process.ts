import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { childrenOf, cpuSeconds, residentBytes } from '../support/processor';
import type { PeerOrder, PeerStart, PeerWord } from './peer';

/** A running peer.ts, with the child in which our transport keeps libtoxcore. */
export class PeerProcess {
  readonly #process: ChildProcess;
  /** Resolves when its friend is online. */
  readonly online: Promise<unknown>;

  constructor(start: PeerStart) {
    this.#process = fork(`${__dirname}/peer.ts`, { serialization: 'advanced' });
    this.online = once(this.#process, 'message');
    this.#tell(start);
  }

  send(bytes: number): void {
    this.#tell({ send: bytes });
  }

  /** Packets that it has received so far. */
  async received(): Promise<number> {
    const answer = once(this.#process, 'message') as Promise<[Extract<PeerWord, { received: number }>]>;
    this.#tell({ count: true });
    return (await answer)[0].received;
  }

  /** Of the process itself and of its children. */
  async cpu(): Promise<{ own: number; children: number }> {
    const { pid = 0 } = this.#process;
    const used = await Promise.all((await childrenOf(pid)).map(cpuSeconds));
    return { own: await cpuSeconds(pid), children: used.reduce((sum, seconds) => sum + seconds, 0) };
  }

  async memory(): Promise<number> {
    const { pid = 0 } = this.#process;
    const used = await Promise.all([pid, ...(await childrenOf(pid))].map(residentBytes));
    return used.reduce((sum, bytes) => sum + bytes, 0);
  }

  async end(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }

  #tell(order: PeerOrder): void {
    this.#process.send(order);
  }
}
