import { ByteMap } from '../../byte-map';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { judgeMail } from '../mail-limits';
import type { MailUsage, PutAnswer } from '../message-engine';
import { CountChanges } from './count-changes';
import type { CountRow } from './counts-view';
import { ExactCounts, type EverybodysCounts } from './exact-counts';
import { bytesIn, countRowOf, numberIn } from './mail-rows';
import type { Operation, PutOperation } from './operations';
import type { DatabaseClient, Row } from './connection/pg-loader';
import {
  COUNTS_OF_ALL,
  COUNTS_OF_SUBMITTERS,
  DELETE,
  FIND,
  INSERT,
  LOCK_CAPACITY,
  RENEW,
  SHARE_CAPACITY,
} from './statements';
import { inTransaction, lockNames } from './connection/transaction';

/** Operations in one transaction: each needs two locks of the server, which has 64 for each connection. */
export const MOST_OPERATIONS = 64;

/** What a wave did; it holds once the wave has resolved. */
export interface WaveResult {
  /** Gives each operation its answer. */
  settle(): void;
  /** The mailboxes in which mail arrived. */
  readonly arrivals: readonly Uint8Array[];
  readonly counts: readonly CountRow[];
}

const NOTHING: MailUsage = { messages: 0, bytes: 0 };

/** An envelope may overrun the capacity: only the counts of everybody tell, which needs the lock alone. */
class NearCapacity extends Error {}

/**
 * Operations on different envelopes in one transaction, under the locks of their mailboxes and submitters: so no limit is
 * overrun, and numbers of one mailbox become visible in their order.
 * @param view what this process knows of everybody, at most 2 s old
 */
export async function runWave(
  client: DatabaseClient,
  operations: readonly Operation[],
  view: EverybodysCounts,
): Promise<WaveResult> {
  try {
    return await inTransaction(client, () => new Wave(client, operations).run(view));
  } catch (error) {
    if (!(error instanceof NearCapacity)) throw error;
    await client.query('ROLLBACK');
    return inTransaction(client, () => new Wave(client, operations).run());
  }
}

class Wave {
  readonly #client: DatabaseClient;
  readonly #operations: readonly Operation[];
  readonly #counts = new CountChanges();
  /** As the database writes them: a spoiled one may be no number of ours. */
  readonly #deleted: unknown[] = [];
  readonly #renewed: { readonly number: number; readonly expires: number }[] = [];
  readonly #stored: PutOperation[] = [];
  #now = 0;
  /** What all processes have stored, and may be about to store. */
  #total: MailUsage = NOTHING;

  constructor(client: DatabaseClient, operations: readonly Operation[]) {
    this.#client = client;
    this.#operations = operations;
  }

  /** @param view what is known of everybody, when the lock of the capacity is shared */
  async run(view?: EverybodysCounts): Promise<WaveResult> {
    const others = await this.#lock(view ? SHARE_CAPACITY : LOCK_CAPACITY);
    const found = await this.#find(others);
    const puts = await this.#countsFor(view);
    const answers = this.#operations.map((operation, at) => this.#decide(operation, found[at] ?? {}, puts));
    await this.#write();
    return {
      settle: () => answers.forEach((answer) => answer()),
      arrivals: this.#stored.map(({ mailbox }) => mailbox),
      counts: await this.#counts.write(this.#client),
    };
  }

  /** @returns how many others may be storing at the same time */
  async #lock(capacity: string): Promise<number> {
    const puts = this.#operations.filter((operation) => operation.kind === 'put');
    if (puts.length > 0) await this.#client.query(capacity);
    return lockNames(this.#client, [
      ...this.#operations.map(({ mailbox }) => mailbox),
      ...puts.map(({ mail }) => mail.submitter),
    ]);
  }

  async #find(others: number): Promise<readonly Row[]> {
    const { rows } = await this.#client.query(FIND, [
      this.#operations.map(({ mailbox }) => Buffer.from(mailbox)),
      this.#operations.map(({ storageId }) => Buffer.from(storageId)),
    ]);
    const first = rows[0] ?? {};
    this.#now = numberIn(first, 'now');
    this.#total = {
      messages: numberIn(first, 'all_messages') + others * MOST_OPERATIONS,
      bytes: numberIn(first, 'all_bytes') + others * MOST_OPERATIONS * CHUNK_ENVELOPE_BYTES,
    };
    return rows;
  }

  async #countsFor(view: EverybodysCounts | undefined): Promise<(put: PutOperation) => PutAnswer> {
    const submitters = new ByteMap<true>();
    for (const operation of this.#operations) {
      if (operation.kind === 'put' && operation.limits) submitters.set(operation.mail.submitter, true);
    }
    if (submitters.size === 0) return (put) => this.#take(put);
    const names = [...submitters].map(([name]) => Buffer.from(name));
    const { rows } = await this.#client.query(COUNTS_OF_SUBMITTERS, [names]);
    const counts = new ExactCounts(
      rows.map(countRowOf),
      view ? this.#atMost(view) : await this.#countsOfAll(),
    );
    return (put) => {
      const verdict = put.limits ? judgeMail(put.limits, counts, put.mail) : 'fits';
      if (view && (verdict === 'node-share' || verdict === 'node-full')) throw new NearCapacity();
      if (verdict !== 'fits') return verdict;
      counts.add(put.mail);
      return this.#take(put);
    };
  }

  /**
   * The total cannot be more than this: the others have counted whoever was there before them. It is no less than what
   * the view says, so that it goes with the shares there.
   */
  #atMost(view: EverybodysCounts): EverybodysCounts {
    const known = view.total();
    const total = {
      messages: Math.max(known.messages, this.#total.messages),
      bytes: Math.max(known.bytes, this.#total.bytes),
    };
    return { total: () => total, bytesOfSubmitter: (submitter) => view.bytesOfSubmitter(submitter) };
  }

  async #countsOfAll(): Promise<EverybodysCounts> {
    const usages = new ByteMap<MailUsage>();
    const total = { messages: 0, bytes: 0 };
    const { rows } = await this.#client.query(COUNTS_OF_ALL);
    for (const row of rows) {
      const usage = { messages: numberIn(row, 'messages'), bytes: numberIn(row, 'bytes') };
      usages.set(bytesIn(row, 'submitter'), usage);
      total.messages += usage.messages;
      total.bytes += usage.bytes;
    }
    return {
      total: () => total,
      bytesOfSubmitter: (submitter) => usages.get(submitter) ?? NOTHING,
    };
  }

  /** What is to be written for it, and what gives it its answer once that holds. */
  #decide(operation: Operation, row: Row, put: (put: PutOperation) => PutAnswer): () => void {
    const number = numberIn(row, 'number');
    const isThere = !Number.isNaN(number);
    const isLive = isThere && row.sound === true && numberIn(row, 'expires') > this.#now;
    switch (operation.kind) {
      case 'put': {
        const answer = isLive ? 'known' : put(operation);
        if (isThere && answer === 'stored') this.#delete(operation, row);
        return () => operation.resolve(answer);
      }
      case 'delete':
        if (isThere) this.#delete(operation, row);
        return () => operation.resolve(isLive);
      case 'renew': {
        if (!isLive) return () => operation.resolve(undefined);
        const expires = Math.max(numberIn(row, 'expires'), this.#now + operation.keepSeconds);
        this.#renewed.push({ number, expires });
        return () => operation.resolve({ remaining: expires - this.#now });
      }
    }
  }

  #take(put: PutOperation): 'stored' {
    this.#stored.push(put);
    return 'stored';
  }

  #delete({ mailbox }: Operation, row: Row): void {
    this.#deleted.push(row.number);
    this.#counts.add(mailbox, bytesIn(row, 'submitter'), numberIn(row, 'bytes') || 0, -1);
  }

  async #write(): Promise<void> {
    const client = this.#client;
    if (this.#deleted.length > 0) await client.query(DELETE, [this.#deleted]);
    if (this.#renewed.length > 0) {
      const numbers = this.#renewed.map(({ number }) => number);
      const expiries = this.#renewed.map(({ expires }) => expires);
      await client.query(RENEW, [numbers, numbers.map(() => this.#now), expiries]);
    }
    if (this.#stored.length > 0) await this.#insert();
  }

  async #insert(): Promise<void> {
    const mails = this.#stored.map(({ mail }) => mail);
    const { rows } = await this.#client.query(INSERT, [
      mails.map(({ mailbox }) => Buffer.from(mailbox)),
      mails.map(({ storageId }) => Buffer.from(storageId)),
      mails.map(({ submitter }) => Buffer.from(submitter)),
      this.#stored.map(({ tag }) => Buffer.from(tag)),
      mails.map(() => this.#now),
      mails.map(({ keepSeconds }) => this.#now + keepSeconds),
      mails.map(({ envelope }) => Buffer.from(envelope)),
    ]);
    for (const [at, { mailbox, submitter, envelope }] of mails.entries()) {
      this.#counts.add(mailbox, submitter, envelope.length, 1, numberIn(rows[at] ?? {}, 'number'));
    }
  }
}
