import path from 'node:path';
import { readProxyUrl, type ToxcoreSettings } from '../../lib/index';
import { EXIT, Failure } from '../exit-codes';
import type { Machine } from '../machine';
import { numberOption } from './command-line';
import type { Options } from './option-table';

/** How a command reaches the Tox network. */
export interface NetworkSettings {
  /** Absolute path of the list of bootstrap nodes; undefined: the list of the package. */
  readonly bootstrapFile: string | undefined;
  readonly toxcore: Omit<ToxcoreSettings, 'bootstrap'>;
}

/** With a proxy there is no UDP, whatever else is said: it would go around it. @throws Failure */
export function networkSettings(
  options: Options,
  { env, cwd }: Pick<Machine, 'env' | 'cwd'>,
): NetworkSettings {
  const bootstrap = options.bootstrap ?? env.TOX_ASYNC_BOOTSTRAP ?? '';
  const bootstrapFile = bootstrap === '' ? undefined : path.resolve(cwd, bootstrap);
  const proxyUrl = options.proxy ?? env.TOX_ASYNC_PROXY ?? '';
  if (proxyUrl !== '') {
    const proxy = readProxyUrl(proxyUrl);
    if (proxy !== undefined) return { bootstrapFile, toxcore: { proxy } };
    throw new Failure(EXIT.usage, 'The proxy must be like socks5://127.0.0.1:9050 or http://127.0.0.1:8080.');
  }
  const port = numberOption(options, 'port', { min: 1, max: 65_535, whole: true });
  return {
    bootstrapFile,
    toxcore: {
      udp: options.tcp !== true,
      ...(port !== undefined && { ports: { first: port, last: port } }),
    },
  };
}
