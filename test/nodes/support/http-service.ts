import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FlowEntry } from './node-red';

/** A service on this machine that a flow calls; it answers everything with `ok`. */
export class HttpService {
  /** What it was called with: method, path and body. */
  readonly calls: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      request.setEncoding('utf8');
      request.on('data', (text: string) => this.calls.push(`${request.method} ${request.url} ${text}`));
      request.on('end', () => response.end('ok'));
    });
  }

  static async start(): Promise<HttpService> {
    const service = new HttpService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  /** The same entry, but calling this service in place of the Node-RED that an example calls. */
  calledBy(entry: FlowEntry): FlowEntry {
    const { port } = this.#server.address() as AddressInfo;
    return { ...entry, url: String(entry.url).replace(':1880', `:${port}`) };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
