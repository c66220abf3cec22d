import { sameBytes } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { systemClock, type Clock } from '../../platform/clock';
import { systemTimers, type Timers } from '../../platform/timers';
import { readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { silentLogger, type Logger } from '../../types';
import type { FleetRegister } from '../fleet/fleet-register';
import type { MailLimits } from '../mail-limits';
import { Listeners } from '../../platform/listeners';
import type {
  EngineHealth,
  EngineStats,
  MailPage,
  MailUsage,
  MessageEngine,
  NewMail,
  PutAnswer,
  RenewedMail,
  StoredMail,
} from '../message-engine';
import { CountsView } from './counts-view';
import { type DatabaseSettings, readDatabaseSettings } from './connection/database-settings';
import { Link } from './connection/link';
import type { MailOwner } from './connection/ownership';
import { inTransaction } from './connection/transaction';
import { entryOf, numberIn, storedMailOf } from './mail-rows';
import { PostgresFleetRegister } from './postgres-fleet-register';
import { GREATEST_CURSOR } from './soundness';
import { GET, PAGE, STATS } from './statements';
import { Watcher } from './watcher';
import { WriteQueue } from './write-queue';

/** What an engine over PostgreSQL needs. */
export interface PostgresEngineOptions {
  readonly database: DatabaseSettings;
  /** Whose tables they are; others are refused. Without one, whoever comes shares them. */
  readonly owner?: MailOwner;
  readonly timers?: Timers;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * Opens the engine that keeps mail in a PostgreSQL of version 13 or later, which several processes may share. It resolves
 * after the first attempt to connect, also when that failed: `health` says so, and it keeps trying.
 * @throws ErrInvalidArgument settings that cannot be used
 */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<PostgresEngine> {
  const engine = new PostgresEngine(options);
  await engine.start();
  return engine;
}

/** MessageEngine over PostgreSQL: three connections, one to write, one to read and one to watch. */
export class PostgresEngine implements MessageEngine {
  readonly #view = new CountsView();
  readonly #mailCame = new Listeners<[mailbox: Uint8Array]>();
  readonly #reader: Link;
  readonly #writer: Link;
  readonly #writes: WriteQueue;
  readonly #watcher: Watcher;
  /** Where the nodes of a fleet that share the tables tell each other of their friends. */
  readonly register: FleetRegister;

  constructor({
    database,
    owner,
    timers = systemTimers,
    clock = systemClock,
    log = silentLogger,
  }: PostgresEngineOptions) {
    const address = readDatabaseSettings(database);
    this.#reader = new Link(address);
    // What a server has that is new to this process has to be known before it writes there.
    this.#writer = new Link(address, () => this.#watcher.look());
    this.#writes = new WriteQueue(this.#writer, {
      view: this.#view,
      clock,
      onCounts: (rows) => this.#view.apply(rows),
      onStored: (mailboxes) => this.#tell(mailboxes),
    });
    this.#watcher = new Watcher({
      address,
      owner,
      view: this.#view,
      timers,
      clock,
      log,
      onArrivals: (mailboxes) => mailboxes.forEach((mailbox) => this.#mailCame.emit(mailbox)),
      onConnected: () => {
        this.#reader.drop();
        this.#writer.drop();
      },
    });
    this.register = new PostgresFleetRegister({
      read: (text) => this.#read(text, []),
      write: (work) => {
        this.#watcher.assertWritable();
        return this.#writer.use((client) => inTransaction(client, () => work(client)));
      },
    });
  }

  /** Resolves after the first attempt to connect. */
  start(): Promise<void> {
    return this.#watcher.start();
  }

  /** Ends every connection; what is under way fails with ErrClosed. */
  async close(): Promise<void> {
    this.#reader.close();
    this.#writer.close();
    await this.#watcher.close();
  }

  async put(mail: NewMail, limits?: MailLimits): Promise<PutAnswer> {
    const { mailbox, storageId } = mail;
    const header = readEnvelopeHeader(mail.envelope);
    if (!sameBytes(header.mailbox, mailbox)) {
      throw new ToxAsyncError('ErrInvalidArgument', 'The envelope is for another mailbox.');
    }
    this.#watcher.assertWritable();
    const end = this.#view.begin(mail);
    return new Promise((resolve, reject) => {
      this.#writes.add({
        kind: 'put',
        mailbox,
        storageId,
        mail,
        tag: header.tag,
        limits,
        resolve: (answer) => {
          end();
          resolve(answer);
        },
        reject: (error) => {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      });
    });
  }

  async get(mailbox: Uint8Array, storageId: Uint8Array): Promise<StoredMail | undefined> {
    const { rows } = await this.#read(GET, [Buffer.from(mailbox), Buffer.from(storageId)]);
    return rows[0] && storedMailOf(rows[0]);
  }

  async renew(
    mailbox: Uint8Array,
    storageId: Uint8Array,
    keepSeconds: number,
  ): Promise<RenewedMail | undefined> {
    this.#watcher.assertWritable();
    return new Promise((resolve, reject) => {
      this.#writes.add({ kind: 'renew', mailbox, storageId, keepSeconds, resolve, reject });
    });
  }

  async page(mailbox: Uint8Array, cursor: number, max: number): Promise<MailPage> {
    const after = Math.min(cursor, GREATEST_CURSOR);
    const { rows } = await this.#read(PAGE, [Buffer.from(mailbox), String(after), max + 1]);
    return { items: rows.slice(0, max).map(entryOf), more: rows.length > max };
  }

  async delete(mailbox: Uint8Array, storageId: Uint8Array): Promise<boolean> {
    this.#watcher.assertWritable();
    return new Promise((resolve, reject) => {
      this.#writes.add({ kind: 'delete', mailbox, storageId, resolve, reject });
    });
  }

  async expire(max: number): Promise<number> {
    this.#watcher.assertWritable();
    return new Promise((resolve, reject) => {
      this.#writes.add({ kind: 'sweep', max, resolve, reject });
    });
  }

  async stats(): Promise<EngineStats> {
    const { rows } = await this.#read(STATS, []);
    const row = rows[0] ?? {};
    return {
      messages: numberIn(row, 'messages'),
      bytes: numberIn(row, 'bytes'),
      mailboxes: numberIn(row, 'mailboxes'),
      oldestAge: row.oldest === null ? undefined : numberIn(row, 'oldest'),
    };
  }

  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    return this.#view.countInMailbox(mailbox, submitter);
  }

  bytesOfSubmitter(submitter: Uint8Array): MailUsage {
    return this.#view.bytesOfSubmitter(submitter);
  }

  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number {
    return this.#view.countChunks(submitter, mailbox);
  }

  total(): MailUsage {
    return this.#view.total();
  }

  onMail(listener: (mailbox: Uint8Array) => void): () => void {
    return this.#mailCame.add(listener);
  }

  health(): EngineHealth {
    return this.#watcher.health();
  }

  onHealth(listener: () => void): () => void {
    return this.#watcher.events.on('health', listener);
  }

  #tell(mailboxes: readonly Uint8Array[]): void {
    for (const mailbox of mailboxes) this.#mailCame.emit(mailbox);
    if (mailboxes.length > 0) this.#watcher.announce();
  }

  async #read(text: string, values: readonly unknown[]) {
    this.#watcher.assertReadable();
    const ask = () => this.#reader.use((client) => client.query(text, values));
    // The connection may have been to a server that is no more, and a question changes nothing.
    return ask().catch((error: unknown) => {
      if (!ToxAsyncError.is(error, 'ErrDatabase')) throw error;
      return ask();
    });
  }
}
