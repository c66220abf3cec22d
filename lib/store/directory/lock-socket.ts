import { createServer, connect, type Server } from 'node:net';
import type { Timers } from '../../platform/timers';

/** What a live starter or holder of a lock says about itself to a process that connects. */
export interface LockClaim {
  /** Process id; of another container's numbering when `host` differs. */
  readonly pid: number;
  readonly host: string;
  /** ISO time at which it began. */
  readonly since: string;
  readonly state: 'starting' | 'held';
  /** Drawn for this claim: process ids and host names of two containers may be the same. */
  readonly claim: string;
}

/** `gone`: no such name. `dead`: a name that nobody listens on. `silent`: alive, but it did not say who it is. */
export type Probe = 'gone' | 'dead' | 'silent' | LockClaim;

/** A live process whose event loop is busy connects but does not speak; longer than this is not worth a wait. */
const ANSWER_MS = 1000;
const LONGEST_ANSWER = 2000;

/** Listens on `address` and answers every connection with `claim()`. Keeps no process alive by itself. */
export class LockSocket {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws Node's own error, such as EADDRINUSE or EACCES */
  static listen(address: string, claim: () => LockClaim): Promise<LockSocket> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        // The asker may be gone before it reads the answer; that changes nothing for the lock.
        socket.on('error', () => socket.destroy());
        socket.unref();
        socket.end(JSON.stringify(claim()));
      });
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        // A connection that could not be accepted (too many open files): the listening socket still stands.
        server.on('error', () => undefined);
        server.unref();
        resolve(new LockSocket(server));
      });
    });
  }

  /** Stops listening and removes the socket's name, at once; later calls do nothing. */
  close(): void {
    this.#server.close();
  }
}

/** Asks the process that listens on `address`. Never rejects: what is not surely dead counts as alive. */
export function probe(address: string, timers: Timers): Promise<Probe> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let answer = '';
    const finish = (result: Probe) => {
      timer.cancel();
      socket.destroy();
      resolve(result);
    };
    const timer = timers.after(ANSWER_MS, () => finish('silent'));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > LONGEST_ANSWER) finish('silent');
    });
    socket.on('end', () => finish(readClaim(answer) ?? 'silent'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(fromError(error.code)));
  });
}

function fromError(code: string | undefined): Probe {
  if (code === 'ENOENT') return 'gone';
  return code === 'ECONNREFUSED' ? 'dead' : 'silent';
}

function readClaim(text: string): LockClaim | undefined {
  try {
    const claim = JSON.parse(text) as Partial<LockClaim> | null;
    if (typeof claim?.pid !== 'number' || typeof claim.host !== 'string') return undefined;
    if (typeof claim.since !== 'string' || typeof claim.claim !== 'string') return undefined;
    const state = claim.state === 'starting' ? 'starting' : 'held';
    return { pid: claim.pid, host: claim.host, since: claim.since, state, claim: claim.claim };
  } catch {
    return undefined;
  }
}
