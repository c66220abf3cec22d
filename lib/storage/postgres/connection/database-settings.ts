import { isIPv4 } from 'node:net';
import { ToxAsyncError } from '../../../errors';

/** Where the mail of a fleet lies. */
export interface DatabaseSettings {
  /**
   * `postgresql://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE`; the hosts are tried in turn until one is no standby.
   * `?sslmode=` is `verify-full` (the default but on this machine), `require` (encrypted, to whoever answers) or
   * `disable`.
   */
  readonly url: string;
  /** The schema that holds the tables; made where it is missing. Default `tox_async`. */
  readonly schema?: string;
  /** How many synchronous standbys there should be; with fewer, the health is `degraded`. Default 0. */
  readonly standbys?: number;
  /** Certificates (PEM) that the server's may be signed by, in place of the system's. */
  readonly ca?: string;
}

/** The settings, taken apart. */
export interface DatabaseAddress {
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly schema: string;
  readonly standbys: number;
  readonly tls: 'verify-full' | 'require' | 'disable';
  readonly ca: string | undefined;
}

const URL_FORM = /^postgres(?:ql)?:\/\/([^:@/]+)(?::([^@/]*))?@([^@/?]+)\/([^@/?]+)(?:\?(.*))?$/;
const SCHEMA_FORM = /^[a-z_][a-z0-9_]{0,39}$/;
const DEFAULT_PORT = 5432;
const DEFAULT_SCHEMA = 'tox_async';
const MOST_STANDBYS = 100;

/** @throws ErrInvalidArgument; its message holds nothing of the URL, which has the password in it */
export function readDatabaseSettings(settings: DatabaseSettings): DatabaseAddress {
  const { schema = DEFAULT_SCHEMA, standbys = 0, ca } = settings;
  const match = URL_FORM.exec(settings.url.trim());
  const [, user = '', password, list = '', database = '', query = ''] = match ?? [];
  if (!match) {
    throw invalid(
      'The database URL must look like postgresql://USER:PASSWORD@HOST:5432/DATABASE, with %40 for an @ in the password.',
    );
  }
  if (!SCHEMA_FORM.test(schema)) {
    throw invalid('The schema must consist of a-z, 0-9 and _, and have 40 characters at most.');
  }
  if (!Number.isInteger(standbys) || standbys < 0 || standbys > MOST_STANDBYS) {
    throw invalid(`The number of synchronous standbys must be 0 to ${MOST_STANDBYS}.`);
  }
  const hosts = list.split(',').map(readHost);
  const tls = readTls(
    new URLSearchParams(query),
    hosts.every(({ host }) => isLocal(host)),
  );
  return {
    hosts,
    user: decode(user),
    password: password === undefined ? undefined : decode(password),
    database: decode(database),
    schema,
    standbys,
    tls,
    ca,
  };
}

function readHost(text: string): { host: string; port: number } {
  const [, six, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = six ?? name;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    throw invalid(
      'Each host of the database URL must be HOST, HOST:PORT or [IPV6]:PORT, with commas between.',
    );
  }
  return { host: decode(host), port: number };
}

function readTls(query: URLSearchParams, isOnThisMachine: boolean): DatabaseAddress['tls'] {
  const others = [...query.keys()].filter((name) => name !== 'sslmode');
  if (others.length > 0) throw invalid('The database URL may have no parameter but sslmode.');
  const mode = query.get('sslmode') ?? (isOnThisMachine ? 'disable' : 'verify-full');
  if (mode === 'verify-full' || mode === 'require' || mode === 'disable') return mode;
  throw invalid('The sslmode of the database URL must be verify-full, require or disable.');
}

function isLocal(host: string): boolean {
  const isLoopback = host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  return host === 'localhost' || isLoopback || host.startsWith('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('The database URL has a % that stands for no character. Write %25 for a percent sign.');
  }
}

function invalid(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidArgument', text);
}
