import { ToxAsyncError } from '../../../errors';
import type { DatabaseClient } from './pg-loader';

/**
 * The steps from an empty schema to the present one; each is one version. Names are looked up in the schema that the
 * connection has chosen.
 *
 * `age_seconds` is the one clock of all processes. A number of an arrival begins with its era (`era_of_arrivals`). A new
 * one begins when the mail has come to another server, or to another timeline of it: a standby that was promoted without
 * the last numbers, or a restored copy, never gives a number for the second time.
 * `edition` is another one whenever the friends of a node are.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE mail (
     number bigint PRIMARY KEY,
     mailbox bytea NOT NULL,
     storage_id bytea NOT NULL,
     submitter bytea NOT NULL,
     tag bytea NOT NULL,
     deposited bigint NOT NULL,
     expires bigint NOT NULL,
     envelope bytea NOT NULL
   );
   ALTER TABLE mail ALTER COLUMN envelope SET STORAGE EXTERNAL;
   CREATE UNIQUE INDEX mail_by_id ON mail (mailbox, storage_id);
   CREATE INDEX mail_by_arrival ON mail (mailbox, number);
   CREATE INDEX mail_by_expiry ON mail (expires);
   CREATE SEQUENCE arrivals;
   CREATE TABLE lineage (server text NOT NULL, era bigint NOT NULL);
   INSERT INTO lineage VALUES ('', 0);
   CREATE TABLE totals (part integer PRIMARY KEY, messages bigint NOT NULL, bytes bigint NOT NULL);
   CREATE TABLE counts (
     mailbox bytea NOT NULL,
     submitter bytea NOT NULL,
     messages integer NOT NULL,
     chunks integer NOT NULL,
     bytes bigint NOT NULL,
     arrived bigint NOT NULL,
     changed bigint NOT NULL,
     written bigint NOT NULL,
     PRIMARY KEY (mailbox, submitter)
   );
   CREATE TABLE owner (
     single boolean PRIMARY KEY DEFAULT true CHECK (single),
     name bytea NOT NULL
   );
   CREATE TABLE fleet_nodes (
     node bytea PRIMARY KEY,
     published bigint NOT NULL,
     edition uuid NOT NULL
   );
   CREATE TABLE fleet_friends (
     node bytea NOT NULL REFERENCES fleet_nodes ON DELETE CASCADE,
     mailbox bytea NOT NULL,
     mark bytea NOT NULL,
     PRIMARY KEY (node, mailbox)
   );
   CREATE INDEX counts_by_submitter ON counts (submitter);
   CREATE INDEX counts_by_change ON counts (changed);
   CREATE FUNCTION age_seconds() RETURNS bigint LANGUAGE sql VOLATILE AS
     'SELECT floor(extract(epoch FROM clock_timestamp()))::bigint';
   CREATE FUNCTION era_of_arrivals() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
     DECLARE
       timeline bigint := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
       here text := (SELECT system_identifier FROM pg_control_system()) || '/' || timeline;
       found record;
     BEGIN
       SELECT * INTO found FROM lineage;
       IF found.server <> here THEN
         UPDATE lineage SET server = here, era = greatest(era + 1, timeline) WHERE server <> here;
         SELECT * INTO found FROM lineage;
       END IF;
       RETURN found.era;
     END $$;`,
];

/** The version that this build reads and writes. */
export const SCHEMA_VERSION = STEPS.length;

/** A number that only this program is likely to use; the second is the schema's, which may not be there yet. */
const MIGRATION_LOCK = 1_953_460_321;

/**
 * Brings the schema to the present version; several processes may try at once.
 * @throws ErrDatabase it is of a newer or a broken version; what pg throws
 */
export async function migrate(client: DatabaseClient, schema: string): Promise<void> {
  await client.query('BEGIN');
  try {
    // Two processes that create the same thing at once fail otherwise, whatever IF NOT EXISTS says.
    await client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}, hashtext($1))`, [schema]);
    if (!(await hasSchema(client, schema))) await client.query(`CREATE SCHEMA "${schema}"`);
    const version = await versionIn(client, schema);
    assertKnown(version);
    if (version === undefined) await client.query(`CREATE TABLE schema_version (version integer NOT NULL)`);
    for (const step of STEPS.slice(version ?? 0)) await client.query(step);
    if (version === undefined) await client.query(`INSERT INTO schema_version VALUES (${SCHEMA_VERSION})`);
    else if (version < SCHEMA_VERSION)
      await client.query(`UPDATE schema_version SET version = ${SCHEMA_VERSION}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function hasSchema(client: DatabaseClient, schema: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  return rows.length > 0;
}

/** undefined: the schema is new. */
async function versionIn(client: DatabaseClient, schema: string): Promise<number | undefined> {
  const table = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
    schema,
    'schema_version',
  ]);
  if (table.rows.length === 0) return undefined;
  const { rows } = await client.query('SELECT version FROM schema_version');
  return Number(rows[0]?.version ?? 0);
}

function assertKnown(version: number | undefined): void {
  if (version === undefined) return;
  if (version > SCHEMA_VERSION) {
    throw new ToxAsyncError(
      'ErrDatabase',
      `The tables in the database are of version ${version}, made by a newer version of this package; this one knows ` +
        `version ${SCHEMA_VERSION}. Update this package, or choose another schema.`,
    );
  }
  if (version < 1) {
    throw new ToxAsyncError(
      'ErrDatabase',
      `The tables in the database are of version ${version}, which no version of this package reads. Choose another ` +
        'schema, or restore a backup.',
    );
  }
}
