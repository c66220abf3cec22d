import { Client } from 'pg';
import type { PostgresServer } from '../../../scripts/support/postgres-server';
import { until } from '../../../scripts/support/postgres-group';

/** What the watchers of engines ask of the same table, without a part in it. */
const WATCHING = '%pg_snapshot_xmin%';

/** Holds a table, so that all who need it begin with it at one moment. */
export class HeldTable {
  readonly #server: PostgresServer;
  readonly #client: Client;
  readonly #held: Promise<unknown>;

  private constructor(server: PostgresServer, client: Client, table: string) {
    this.#server = server;
    this.#client = client;
    this.#held = client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  }

  /** Stands in the queue for the table from now on; resolves before it has it. */
  static async queue(server: PostgresServer, table: string): Promise<HeldTable> {
    const client = new Client({ connectionString: server.urlOf() });
    client.on('error', () => undefined);
    await client.connect();
    return new HeldTable(server, client, table);
  }

  /** Resolves when it has the table. */
  async held(): Promise<void> {
    await this.#held;
  }

  /** Resolves when so many connections wait for a lock, whatever lock that is. */
  async until(waiting: number): Promise<void> {
    await until(async () => {
      const [row] = await this.#server.sql(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query NOT LIKE '${WATCHING}'`,
      );
      return row?.n === waiting;
    });
  }

  async release(): Promise<void> {
    await this.#client.query('COMMIT');
    await this.#client.end();
  }
}
