import { createServer, connect, type Server, type Socket } from 'node:net';
import type { Timers } from '../../../platform/timers';

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

/** A visitor, and what the process that it visits said of itself. */
export interface Visit {
  readonly claim: LockClaim;
  readonly socket: Socket;
}

/** A live process whose event loop is busy connects but does not speak; longer than this is not worth a wait. */
const ANSWER_MS = 1000;
const LONGEST_ANSWER = 2000;
/** Connections at a time. More are closed at once, and count as answered. */
const MOST_CONNECTIONS = 64;

/** Listens on `address` and says the claim, as a line, on every connection. Keeps no process alive by itself. */
export class LockSocket {
  readonly #server: Server;
  readonly #visitors: ReadonlySet<Socket>;

  private constructor(server: Server, visitors: ReadonlySet<Socket>) {
    this.#server = server;
    this.#visitors = visitors;
  }

  /**
   * @param parts.receiver who takes connections that stay open after the claim; undefined: they are closed
   * @throws Node's own error, such as EADDRINUSE or EACCES
   */
  static listen(
    address: string,
    parts: { claim: () => LockClaim; receiver: () => ((visitor: Socket) => void) | undefined },
  ): Promise<LockSocket> {
    return new Promise((resolve, reject) => {
      const visitors = new Set<Socket>();
      const server = createServer((socket) => {
        // The asker may be gone before it reads the answer; that changes nothing for the lock.
        socket.on('error', () => socket.destroy());
        socket.unref();
        const line = `${JSON.stringify(parts.claim())}\n`;
        const receive = parts.receiver();
        if (receive === undefined) {
          socket.end(line);
          return;
        }
        socket.write(line);
        visitors.add(socket);
        socket.once('close', () => visitors.delete(socket));
        receive(socket);
      });
      server.maxConnections = MOST_CONNECTIONS;
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        // A connection that could not be accepted (too many open files): the listening socket still stands.
        server.on('error', () => undefined);
        server.unref();
        resolve(new LockSocket(server, visitors));
      });
    });
  }

  /** Stops listening and removes the socket's name, at once, and ends visits; later calls do nothing. */
  close(): void {
    this.#server.close();
    for (const visitor of this.#visitors) visitor.destroy();
  }
}

/** Asks the process that listens on `address`. Never rejects: what is not surely dead counts as alive. */
export async function probe(address: string, timers: Timers): Promise<Probe> {
  const found = await visit(address, timers);
  if (typeof found === 'string') return found;
  found.socket.destroy();
  return found.claim;
}

/** The same, and stays connected: the caller closes the socket, which is paused. */
export function visit(address: string, timers: Timers): Promise<Exclude<Probe, LockClaim> | Visit> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let answer = Buffer.alloc(0);
    const finish = (found: Exclude<Probe, LockClaim> | Visit) => {
      timer.cancel();
      socket.off('data', onData).off('end', onEnd);
      if (typeof found === 'string') socket.destroy();
      resolve(found);
    };
    const onData = (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      const end = answer.indexOf('\n');
      if (end < 0) {
        if (answer.length > LONGEST_ANSWER) finish('silent');
        return;
      }
      socket.pause();
      const claim = readClaim(answer.toString('utf8', 0, end));
      if (end + 1 < answer.length) socket.unshift(answer.subarray(end + 1));
      finish(claim === undefined ? 'silent' : { claim, socket });
    };
    const onEnd = () => finish('silent');
    const timer = timers.after(ANSWER_MS, onEnd);
    socket.on('data', onData).on('end', onEnd);
    socket.on('error', (error: NodeJS.ErrnoException) => finish(fromError(error.code)));
  });
}

function fromError(code: string | undefined): 'gone' | 'dead' | 'silent' {
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
