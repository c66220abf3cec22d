import { MAILBOX_BYTES } from '../../protocol/names';
import type { PublicKey } from '../../types';
import type { FleetFriend, FleetRegister } from '../fleet/fleet-register';
import type { DatabaseClient, Row } from './connection/pg-loader';
import { bytesIn } from './mail-rows';
import { SUBMITTER_BYTES } from './soundness';

/** Nodes that said nothing for so long are forgotten, seconds. */
const FORGOTTEN_AFTER = 604_800;

/** A time far ahead nobody published: such a node would never be forgotten. */
const PRESENT = `(published BETWEEN age_seconds() - ${FORGOTTEN_AFTER} AND age_seconds() + ${FORGOTTEN_AFTER}) IS TRUE`;

/** Locks the row of the node, so that two runs of one node take turns. */
const ENTER = `INSERT INTO fleet_nodes (node, published, edition) VALUES ($1, age_seconds(), gen_random_uuid())
  ON CONFLICT (node) DO UPDATE SET published = excluded.published`;

const LEAVE_OUT =
  'DELETE FROM fleet_friends WHERE node = $1 AND NOT mailbox = ANY($2::bytea[]) RETURNING mailbox';

const ADD = `INSERT INTO fleet_friends (node, mailbox, mark)
  SELECT $1, k.mailbox, k.mark FROM unnest($2::bytea[], $3::bytea[]) AS k (mailbox, mark)
  ON CONFLICT (node, mailbox) DO UPDATE SET mark = excluded.mark WHERE fleet_friends.mark IS DISTINCT FROM excluded.mark
  RETURNING mailbox`;

const NEW_EDITION = 'UPDATE fleet_nodes SET edition = gen_random_uuid() WHERE node = $1';

/** Nobody waits for a row that another is about to write. */
const FORGET = `DELETE FROM fleet_nodes WHERE node IN (
  SELECT node FROM fleet_nodes WHERE NOT ${PRESENT} FOR UPDATE SKIP LOCKED)`;

const EDITIONS = `SELECT coalesce(string_agg(edition::text, ' ' ORDER BY node), '') AS editions
  FROM fleet_nodes WHERE ${PRESENT}`;

const FRIENDS = `SELECT DISTINCT ON (f.mailbox) f.mailbox, f.mark
  FROM fleet_friends AS f JOIN fleet_nodes USING (node)
  WHERE ${PRESENT} AND octet_length(f.mailbox) = ${MAILBOX_BYTES} AND octet_length(f.mark) = ${SUBMITTER_BYTES} ORDER BY f.mailbox, node`;

/** What the register needs of the engine's connections. */
export interface FleetRegisterLinks {
  /** @throws ErrDatabase, ErrClosed */
  readonly read: (text: string) => Promise<{ readonly rows: readonly Row[] }>;
  /** In a transaction. @throws ErrDatabase, ErrClosed */
  readonly write: (work: (client: DatabaseClient) => Promise<void>) => Promise<void>;
}

/** The friends of all nodes of a fleet, in the database that keeps their mail. */
export class PostgresFleetRegister implements FleetRegister {
  readonly #links: FleetRegisterLinks;
  /** What was read last, and of which editions. */
  #known: { readonly editions: unknown; readonly friends: readonly FleetFriend[] } | undefined;

  constructor(links: FleetRegisterLinks) {
    this.#links = links;
  }

  publish(node: PublicKey, friends: readonly FleetFriend[]): Promise<void> {
    const name = Buffer.from(node);
    const mailboxes = friends.map(({ mailbox }) => Buffer.from(mailbox));
    const marks = friends.map(({ mark }) => Buffer.from(mark));
    return this.#links.write(async (client) => {
      await client.query(ENTER, [name]);
      const gone = await client.query(LEAVE_OUT, [name, mailboxes]);
      const added = await client.query(ADD, [name, mailboxes, marks]);
      if (gone.rows.length + added.rows.length > 0) await client.query(NEW_EDITION, [name]);
      await client.query(FORGET);
    });
  }

  async read(): Promise<readonly FleetFriend[]> {
    const { rows } = await this.#links.read(EDITIONS);
    const editions = rows[0]?.editions;
    if (editions !== undefined && this.#known?.editions === editions) return this.#known.friends;
    const found = await this.#links.read(FRIENDS);
    const friends = found.rows.map((row) => ({
      mailbox: bytesIn(row, 'mailbox'),
      mark: bytesIn(row, 'mark'),
    }));
    // What changed between the two questions is read next time: its edition is another one.
    this.#known = { editions, friends };
    return friends;
  }
}
