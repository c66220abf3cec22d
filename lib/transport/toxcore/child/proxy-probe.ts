import { connect } from 'node:net';
import { ToxAsyncError } from '../../../errors';
import type { ProxySettings } from '../toxcore-settings';

const LIMIT_MS = 10_000;
/** RFC 1928, section 3: version 5, one method, "no authentication", which is all that libtoxcore knows. */
const SOCKS5_GREETING = Uint8Array.of(5, 1, 0);
/** Asks for nothing: every HTTP server answers it in some way (RFC 9110, section 9.3.7). */
const HTTP_GREETING = 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/**
 * libtoxcore takes a proxy that is not there without a word and stays offline; this asks whether one answers.
 * @param limitMs for each step: connection and answer
 * @throws ErrProxy
 */
export function probeProxy({ type, host, port }: ProxySettings, limitMs = LIMIT_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: limitMs });
    const fail = (reason: string) => {
      socket.destroy();
      reject(
        new ToxAsyncError(
          'ErrProxy',
          `The proxy ${host}:${port} cannot be used (${reason}). Start it, or correct its type, host and port.`,
        ),
      );
    };
    let answer = Buffer.alloc(0);
    socket.once('connect', () => socket.write(type === 'socks5' ? SOCKS5_GREETING : HTTP_GREETING));
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      const fault = type === 'socks5' ? socks5Fault(answer) : httpFault(answer);
      if (fault === 'more') return;
      if (fault !== undefined) return fail(fault);
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail(`no answer in ${limitMs / 1000} s`));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('it closed the connection'));
  });
}

type Fault = string | undefined;

function socks5Fault(answer: Buffer): Fault {
  if (answer.length < 2) return 'more';
  if (answer[0] !== 5) return 'it does not speak SOCKS5';
  return answer[1] === 0 ? undefined : 'it asks for a password, which libtoxcore cannot supply';
}

function httpFault(answer: Buffer): Fault {
  if (answer.length < 5) return 'more';
  return answer.subarray(0, 5).toString('latin1') === 'HTTP/' ? undefined : 'it does not speak HTTP';
}
