import { isIP } from 'node:net';
import { ToxAsyncError } from '../../errors';
import type { BootstrapNode } from './bootstrap-nodes';

/** How libtoxcore reaches the Tox network; everything has a default. */
export interface ToxcoreSettings {
  /** Nodes by which the network is entered. */
  readonly bootstrap: readonly BootstrapNode[];
  /** UDP, Tox's direct way. Default true, or false with a proxy: UDP would go around it. */
  readonly udp?: boolean;
  /** UDP ports to choose from; Tox's own range, 33445 to 33545, when absent. */
  readonly ports?: { readonly first: number; readonly last: number };
  /** Serves other Tox clients as a TCP relay on this port; no relay when absent. */
  readonly relayPort?: number;
  /** Everything goes through this proxy, for instance Tor's SOCKS5 proxy on port 9050. */
  readonly proxy?: ProxySettings;
  /** Finds friends in the local network by broadcast. Default false. */
  readonly localDiscovery?: boolean;
  /** File of libtoxcore, when the system does not find it by itself. */
  readonly library?: string;
}

/** A proxy that all traffic goes through. */
export interface ProxySettings {
  readonly type: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
}

/** With every default filled in. */
export interface CompleteSettings extends ToxcoreSettings {
  readonly udp: boolean;
  readonly localDiscovery: boolean;
}

/** toxcore's limit for a proxy's host name, bytes. */
const MAX_HOST = 255;

/**
 * Names of nodes that are left out: libtoxcore looks a name up itself, with the system's resolver, and so would go
 * around the proxy (its SOCKS5 requests hold addresses only). Nor do we look it up.
 */
export function nodesLeftOut({ proxy, bootstrap }: ToxcoreSettings): string[] {
  if (proxy === undefined) return [];
  return bootstrap.map(({ host }) => host).filter((host) => isIP(host) === 0);
}

/** @throws ErrInvalidArgument */
export function completeSettings(settings: ToxcoreSettings): CompleteSettings {
  const { proxy, ports, relayPort, localDiscovery = false } = settings;
  const udp = settings.udp ?? proxy === undefined;
  if (ports) {
    checkPort(ports.first, 'The first UDP port');
    checkPort(ports.last, 'The last UDP port');
    if (ports.first > ports.last) throw invalid('The first UDP port is above the last one. Swap them.');
  }
  if (relayPort !== undefined) checkPort(relayPort, 'The TCP relay port');
  if (proxy) {
    checkPort(proxy.port, 'The port of the proxy');
    if (proxy.host === '' || proxy.host.length > MAX_HOST)
      throw invalid('The proxy needs a host name or address.');
    if (udp || localDiscovery) {
      throw invalid('UDP and local discovery bypass the proxy. Switch them off, or leave the proxy out.');
    }
    const { bootstrap } = settings;
    if (bootstrap.length > 0 && nodesLeftOut(settings).length === bootstrap.length) {
      throw invalid(
        'All bootstrap nodes are given by name, and looking names up would bypass the proxy. Give some by address.',
      );
    }
  }
  return { ...settings, udp, localDiscovery };
}

function checkPort(port: number, what: string): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw invalid(`${what} must be a whole number from 1 to 65535, not ${port}.`);
}

function invalid(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidArgument', text);
}
