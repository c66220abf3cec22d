import { sameBytes } from '../../../bytes';
import { ToxAsyncError } from '../../../errors';
import { bytesIn } from '../mail-rows';
import type { DatabaseClient } from './pg-loader';

/** To whom the tables of a schema belong: a storage node that stands alone, or all nodes of a fleet together. */
export interface MailOwner {
  /** 32 bytes, the same for all who may share the tables. */
  readonly name: Uint8Array;
  /** The name that this process had before, from which it may take them over. */
  readonly former?: Uint8Array;
}

const CLAIM = `INSERT INTO owner (name) VALUES ($1)
  ON CONFLICT (single) DO UPDATE SET name = excluded.name WHERE owner.name = $2`;

/**
 * Takes the tables, unless they belong to others. Nodes that do not know each other's friends and name submitters
 * differently would refuse each other's mail and count shares wrong.
 * @throws ErrDatabase they belong to others; what pg throws
 */
export async function claimTables(client: DatabaseClient, owner: MailOwner, schema: string): Promise<void> {
  await client.query(CLAIM, [Buffer.from(owner.name), Buffer.from(owner.former ?? owner.name)]);
  const { rows } = await client.query('SELECT name FROM owner');
  if (rows[0] !== undefined && sameBytes(bytesIn(rows[0], 'name'), owner.name)) return;
  throw new ToxAsyncError(
    'ErrDatabase',
    `The tables in the schema ${schema} belong to another storage node or fleet. Give this node a schema of its own, or ` +
      'make all nodes that share one members of one fleet, with the same secret (docs/FLEET.md).',
  );
}
