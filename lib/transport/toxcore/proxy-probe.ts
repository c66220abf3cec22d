import { connect } from 'node:net';
import { ToxAsyncError } from '../../errors';
import type { ProxySettings } from './settings';

const LIMIT_MS = 10_000;

/**
 * libtoxcore takes a proxy that is not there without a word and stays offline; this asks whether something listens.
 * @throws ErrProxy
 */
export function probeProxy({ host, port }: ProxySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: LIMIT_MS });
    const fail = (reason: string) => {
      socket.destroy();
      reject(
        new ToxAsyncError(
          'ErrProxy',
          `The proxy ${host}:${port} does not answer (${reason}). Start it, or correct its host and port.`,
        ),
      );
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail(`nothing in ${LIMIT_MS / 1000} s`));
    socket.once('error', (error) => fail(error.message));
  });
}
