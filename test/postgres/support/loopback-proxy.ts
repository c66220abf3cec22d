import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Passes TCP connections on to a port of this machine, until the network is cut. */
export class LoopbackProxy {
  readonly port: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #isCut = false;

  private constructor(listener: Server, target: number) {
    this.#listener = listener;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client) => this.#join(client, connect(target, '127.0.0.1')));
  }

  static async to(target: number): Promise<LoopbackProxy> {
    const listener = createServer();
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    return new LoopbackProxy(listener, target);
  }

  /** From now on nothing passes, not even the end of a connection. */
  cut(): void {
    this.#isCut = true;
    for (const { client, server } of this.#pairs) {
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    }
  }

  /** What is on its way goes on. */
  mend(): void {
    this.#isCut = false;
    for (const pair of this.#pairs) pass(pair);
  }

  async close(): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.once('close', () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
    }
    if (!this.#isCut) pass(pair);
  }
}

function pass({ client, server }: Pair): void {
  client.pipe(server);
  server.pipe(client);
}
