import type { ProxySettings } from './toxcore-settings';

/** The usual port of each kind: Tor's, and the one of most HTTP proxies. */
const USUAL_PORTS = { socks5: 9050, http: 8080 } as const;

/** `socks5://HOST:PORT` or `http://HOST:PORT`, the port if it is not the usual one; undefined for anything else. */
export function readProxyUrl(text: string): ProxySettings | undefined {
  const found = /^(socks5|http):\/\/([^/:\s]+|\[[^\]]+\])(?::(\d{1,5}))?\/?$/.exec(text);
  const [, kind, host, port] = found ?? [];
  if (kind === undefined || host === undefined) return undefined;
  const type = kind === 'http' ? 'http' : 'socks5';
  return {
    type,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? USUAL_PORTS[type] : Number(port),
  };
}
