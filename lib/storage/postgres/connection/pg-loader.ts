import { ToxAsyncError } from '../../../errors';

/** One row of an answer: bytea as Buffer, bigint as text. */
export type Row = Readonly<Record<string, unknown>>;

/** A connection of the package pg, as far as this engine needs it. */
export interface DatabaseClient {
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  /** Cuts the connection when a query is under way. */
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'notification', listener: () => void): unknown;
  on(event: 'notice', listener: NoticeListener): unknown;
  off(event: 'notice', listener: NoticeListener): unknown;
}

/** What pg needs to connect. */
export interface ClientSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly ssl: false | { readonly rejectUnauthorized: boolean; readonly ca?: string };
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly keepAlive: boolean;
  readonly application_name: string;
}

type NoticeListener = (notice: { readonly severity?: string | undefined }) => void;

interface Pg {
  readonly Client: new (settings: ClientSettings) => DatabaseClient;
}

/** Makes connections. @throws ErrMissingLibrary pg is not installed */
export function newClient(settings: ClientSettings): DatabaseClient {
  return new (loadPg().Client)(settings);
}

function loadPg(): Pg {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package: it may be missing
    return require('pg') as Pg;
  } catch (error) {
    throw new ToxAsyncError(
      'ErrMissingLibrary',
      'PostgreSQL needs the package pg. Run "npm install pg" where this package is installed.',
      { cause: error },
    );
  }
}
