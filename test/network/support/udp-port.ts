import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP port that nobody uses now. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind();
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, () => resolve(true));
  });
  await new Promise<void>((resolve) => socket.close(resolve));
  return bound;
}

/** Takes the port, which must be free. @returns what frees it */
export async function takePort(port: number): Promise<() => Promise<void>> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, resolve);
  });
  return () => new Promise((resolve) => socket.close(resolve));
}
