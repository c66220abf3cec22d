import { ToxAsyncError } from '../../../errors';
import { asDatabaseError, mostTelling } from './database-errors';
import type { DatabaseAddress } from './database-settings';
import { newClient, type DatabaseClient } from './pg-loader';
import { checkServer, type ServerState } from './server-checks';

/** What one question may take; the server gives up before. */
const CONNECT_MS = 5000;
const ANSWER_MS = 15_000;
/** The server's own limits: for a statement, a lock, a transaction whose client is silent, and a client that is gone. */
const SESSION = `SET statement_timeout = '10s'; SET lock_timeout = '5s';
  SET idle_in_transaction_session_timeout = '10s'; SET tcp_user_timeout = '15s';
  SET default_transaction_isolation = 'read committed'`;

/** A connection to the server that takes writes. */
export interface PrimaryConnection {
  readonly client: DatabaseClient;
  readonly state: ServerState;
}

/**
 * Connects to the first host that is no standby, in the order of the URL.
 * @throws ErrDatabase, ErrLocalStorageFull, ErrMissingLibrary
 */
export async function connectToPrimary(address: DatabaseAddress): Promise<PrimaryConnection> {
  const errors: unknown[] = [];
  for (const place of address.hosts) {
    try {
      const connection = await connectTo(address, place);
      if (connection) return connection;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw asDatabaseError(mostTelling(errors));
  throw new ToxAsyncError(
    'ErrDatabase',
    'Every host in the database URL is a standby. Promote one, or add the host of the primary.',
  );
}

/** undefined: a standby. */
async function connectTo(
  address: DatabaseAddress,
  { host, port }: DatabaseAddress['hosts'][number],
): Promise<PrimaryConnection | undefined> {
  const { user, password, database, tls, ca, schema } = address;
  const ssl = tls !== 'disable' && {
    rejectUnauthorized: tls === 'verify-full',
    ...(ca !== undefined && { ca }),
  };
  const client = newClient({
    host,
    port,
    user,
    password,
    database,
    ssl,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'tox-async',
  });
  // A connection that breaks between two questions: the next question fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`${SESSION}; SET search_path = "${schema}"`);
    const state = await checkServer(client);
    if (!state.isStandby) return { client, state };
  } catch (error) {
    cut(client);
    throw error;
  }
  cut(client);
  return undefined;
}

/** Ends a connection without waiting: the network may be gone. */
export function cut(client: DatabaseClient): void {
  client.end().catch(() => undefined);
}
