import path from 'node:path';
import { readProxyUrl, ToxAsyncError, type ProxySettings, type ToxcoreSettings } from '../../lib/index';
import { filled, type FleetDefaults } from '../runtime/settings/fleet-defaults';
import type { SessionConfig } from '../runtime/runtime';
import { isBlank } from '../runtime/settings/setting-values';
import {
  settingChoice,
  settingFlag,
  settingNumber,
  settingPath,
  settingText,
} from '../runtime/settings/settings';

/** What the dialog saves. */
export interface ToxTransportConfig extends SessionConfig {
  readonly mode?: string;
  readonly atStart?: string;
  readonly network?: string;
  readonly mailWaiting?: string;
  readonly bootstrap?: string;
  readonly protocol?: string;
  readonly port?: number | string;
  readonly localDiscovery?: boolean | string;
  readonly proxy?: string;
  readonly proxyHost?: string;
  readonly proxyPort?: number | string;
}

/**
 * Friends of whose waiting mail the flow hears: names, public keys or Tox IDs, separated by commas. They may become
 * friends later. ErrNotConfigured, ErrEnvironment.
 */
export function mailWaitingFor(config: ToxTransportConfig): readonly string[] {
  return settingText(config.mailWaiting, 'The list of friends to wake')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

type AtStart = 'before' | 'online' | 'offline';

export interface VirtualSettings {
  readonly mode: 'virtual';
  readonly atStart: AtStart;
  /** The network's name. */
  readonly network: string;
}

export interface ToxSettings {
  readonly mode: 'libtoxcore';
  readonly atStart: AtStart;
  /** Absolute path of the list of bootstrap nodes; undefined: the list of the package. */
  readonly bootstrapFile: string | undefined;
  readonly toxcore: Omit<ToxcoreSettings, 'bootstrap'>;
}

export type ToxTransportSettings = VirtualSettings | ToxSettings;

/**
 * What the dialog describes, where it is blank with the defaults of settings.js.
 * @param userDir where a relative path begins
 * @throws ErrNotConfigured, ErrEnvironment
 */
export function toxTransportSettings(
  given: ToxTransportConfig,
  userDir: string | undefined,
  { proxy, protocol, port, bootstrap }: FleetDefaults,
): ToxTransportSettings {
  const config = filled(withProxy(given, proxy), { protocol, port, bootstrap });
  const mode = settingChoice(config.mode, ['virtual', 'libtoxcore'], 'virtual', 'The mode');
  const atStart = settingChoice(
    config.atStart,
    ['before', 'online', 'offline'],
    'before',
    'The start setting',
  );
  if (mode === 'virtual') {
    return { mode, atStart, network: settingText(config.network, 'The name of the network') || 'default' };
  }
  const file = settingPath(config.bootstrap, 'The file with bootstrap nodes');
  return {
    mode,
    atStart,
    bootstrapFile: file === '' ? undefined : path.resolve(userDir ?? '', file),
    toxcore: toxcoreSettings(config),
  };
}

/** With a proxy there is neither UDP nor discovery, whatever the dialog says: both would go around it. */
function toxcoreSettings(config: ToxTransportConfig): ToxSettings['toxcore'] {
  const proxy = proxySettings(config);
  if (proxy) return { proxy };
  const port = portOf(config.port, 'The port', 0);
  return {
    udp: settingChoice(config.protocol, ['udp', 'tcp'], 'udp', 'The protocol') === 'udp',
    localDiscovery: settingFlag(config.localDiscovery, 'The local discovery setting'),
    ...(port === 0 ? {} : { ports: { first: port, last: port } }),
  };
}

function proxySettings(config: ToxTransportConfig): ProxySettings | undefined {
  const type = settingChoice(config.proxy, ['none', 'socks5', 'http'], 'none', 'The proxy');
  if (type === 'none') return undefined;
  const host = settingText(config.proxyHost, 'The proxy host') || '127.0.0.1';
  const usual = type === 'socks5' ? 9050 : 8080;
  return { type, host, port: portOf(config.proxyPort, 'The proxy port', usual) };
}

/** The default proxy holds as a whole: its host belongs to its kind. */
function withProxy(config: ToxTransportConfig, proxy: unknown): ToxTransportConfig {
  const text = settingText(proxy, 'proxy of toxAsync in settings.js');
  if (!isBlank(config.proxy) || text === '') return config;
  const read = readProxyUrl(text);
  if (read !== undefined) return { ...config, proxy: read.type, proxyHost: read.host, proxyPort: read.port };
  throw new ToxAsyncError(
    'ErrNotConfigured',
    'proxy of toxAsync in settings.js must be like socks5://127.0.0.1:9050 or http://127.0.0.1:8080.',
  );
}

function portOf(value: unknown, what: string, otherwise: number): number {
  return settingNumber(value, { min: 1, max: 65_535, otherwise }, what);
}
