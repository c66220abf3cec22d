import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { METRICS_TYPE } from '../../lib/index';
import { EXIT, Failure } from '../exit-codes';

/** Only programs of this machine reach it. */
const ADDRESS = '127.0.0.1';
/** Whoever scrapes comes by one of these names. A page in a browser that a foreign name led here comes by that name. */
const OUR_NAMES = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
/** Connections at a time: a scraper needs one. */
const MOST_CONNECTIONS = 16;
/** One that has asked nothing by then makes room for others; Node looks so often. Milliseconds. */
const ASKS_WITHIN = { headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };

/** Answers `GET /metrics` on a port of the loopback address. */
export class MetricsServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param port 0: any that is free
   * @param text what is answered
   * @param onError hears of connections that could not be taken
   * @throws Failure the port cannot be used
   */
  static async start(
    port: number,
    text: () => Promise<string>,
    onError: (error: Error) => void,
  ): Promise<MetricsServer> {
    const server = createServer(ASKS_WITHIN, (request, response) => {
      const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(request.method === 'HEAD' ? '' : body);
      };
      if (!OUR_NAMES.test(request.headers.host ?? '')) return answer(403, 'Ask by the address 127.0.0.1.\n');
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return answer(405, 'Only GET is answered.\n');
      if (request.url !== '/metrics') return answer(404, 'The figures are at /metrics.\n');
      text().then(
        (body) => answer(200, body, METRICS_TYPE),
        (error: unknown) => answer(500, `${String(error)}\n`),
      );
    });
    server.maxConnections = MOST_CONNECTIONS;
    try {
      server.listen(port, ADDRESS);
      await once(server, 'listening');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(
        EXIT.unavailable,
        `Port ${port} cannot be used for metrics: ${why}. Choose another one.`,
      );
    }
    server.on('error', onError);
    return new MetricsServer(server);
  }

  get url(): string {
    const address = this.#server.address();
    return `http://${ADDRESS}:${typeof address === 'object' ? (address?.port ?? 0) : 0}/metrics`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
