import { textOfBytes } from '../../bytes';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { COUNT, COUNT_AGAIN } from './statements';
import type { CountRow } from './counts-view';
import { bytesIn, countRowOf } from './mail-rows';
import type { DatabaseClient, Row } from './connection/pg-loader';

interface Change {
  readonly mailbox: Uint8Array;
  readonly submitter: Uint8Array;
  messages: number;
  chunks: number;
  bytes: number;
  arrived: number;
}

/** What a transaction changes in the table `counts`. */
export class CountChanges {
  readonly #changes = new Map<string, Change>();

  /** @param by 1: stored, -1: gone; `arrived` is the number of what was stored */
  add(mailbox: Uint8Array, submitter: Uint8Array, bytes: number, by: 1 | -1, arrived = 0): void {
    const name = nameOf(mailbox, submitter);
    const change = this.#changes.get(name) ?? {
      mailbox,
      submitter,
      messages: 0,
      chunks: 0,
      bytes: 0,
      arrived: 0,
    };
    this.#changes.set(name, change);
    change.messages += by;
    change.bytes += by * bytes;
    if (bytes === CHUNK_ENVELOPE_BYTES) change.chunks += by;
    change.arrived = Math.max(change.arrived, arrived);
  }

  /** Gives the rows as they are now. The mailboxes are locked. */
  async write(client: DatabaseClient): Promise<CountRow[]> {
    const changes = [...this.#changes.values()];
    if (changes.length === 0) return [];
    const { rows } = await client.query(COUNT, [
      changes.map(({ mailbox }) => Buffer.from(mailbox)),
      changes.map(({ submitter }) => Buffer.from(submitter)),
      changes.map(({ messages }) => messages),
      changes.map(({ chunks }) => chunks),
      changes.map(({ bytes }) => bytes),
      changes.map(({ arrived }) => arrived),
    ]);
    const sound = rows.filter((row) => row.sound === true);
    const names = new Set(sound.map((row) => nameOf(bytesIn(row, 'mailbox'), bytesIn(row, 'submitter'))));
    const others = changes.filter(({ mailbox, submitter }) => !names.has(nameOf(mailbox, submitter)));
    return [...sound, ...(await countAgain(client, others))].map(countRowOf);
  }
}

/** Makes rows that cannot be right from the mail, and gives them. Their mailboxes are locked. */
export async function countAgain(
  client: DatabaseClient,
  names: readonly Pick<Change, 'mailbox' | 'submitter'>[],
): Promise<readonly Row[]> {
  if (names.length === 0) return [];
  const { rows } = await client.query(COUNT_AGAIN, [
    names.map(({ mailbox }) => Buffer.from(mailbox)),
    names.map(({ submitter }) => Buffer.from(submitter)),
  ]);
  return rows;
}

const nameOf = (mailbox: Uint8Array, submitter: Uint8Array) => textOfBytes(mailbox) + textOfBytes(submitter);
