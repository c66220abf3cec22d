import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ToxAsyncError } from '../../../../../lib/errors';
import { probeProxy } from '../../../../../lib/transport/toxcore/child/proxy-probe';

describe('probe of a proxy', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  /** A server that answers everyone who says something. */
  async function answering(answer: (question: Buffer, socket: Socket) => void) {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('data', (question) => answer(question, socket));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  const refused = (why: RegExp) => (error: unknown) =>
    ToxAsyncError.is(error, 'ErrProxy') &&
    why.test(error.message) &&
    /Start it, or correct/.test(error.message);

  it('takes a SOCKS5 proxy that needs no password, also when it answers byte by byte', async () => {
    const at = await answering((question, socket) => {
      assert.deepEqual([...question], [5, 1, 0]);
      socket.setNoDelay().write(Uint8Array.of(5), () => socket.write(Uint8Array.of(0)));
    });
    await probeProxy({ type: 'socks5', ...at });
  });

  it('takes an HTTP proxy, whatever it thinks of the question', async () => {
    const at = await answering((_, socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    await probeProxy({ type: 'http', ...at });
  });

  it('refuses a SOCKS5 proxy that asks for a password', async () => {
    const at = await answering((_, socket) => socket.write(Uint8Array.of(5, 0xff)));
    await assert.rejects(probeProxy({ type: 'socks5', ...at }), refused(/password/));
  });

  it('refuses what is no proxy of that type', async () => {
    const http = await answering((_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await assert.rejects(probeProxy({ type: 'socks5', ...http }), refused(/does not speak SOCKS5/));
    const ssh = await answering((_, socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    await assert.rejects(probeProxy({ type: 'http', ...ssh }), refused(/does not speak HTTP/));
  });

  it('refuses one that hangs up, and a port on which nothing listens', async () => {
    const at = await answering((_, socket) => socket.destroy());
    await assert.rejects(probeProxy({ type: 'socks5', ...at }), refused(/closed the connection|ECONNRESET/));
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await assert.rejects(probeProxy({ type: 'socks5', ...at }), refused(/ECONNREFUSED/));
  });

  it('refuses one that takes the connection and never says a word', async () => {
    const at = await answering(() => undefined);
    await assert.rejects(probeProxy({ type: 'socks5', ...at }, 200), refused(/no answer in 0.2 s/));
  });
});
