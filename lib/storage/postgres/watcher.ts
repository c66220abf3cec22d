import { ToxAsyncError } from '../../errors';
import type { Clock } from '../../platform/clock';
import { Emitter } from '../../platform/emitter';
import { sleep, type Timers } from '../../platform/timers';
import type { Logger } from '../../types';
import { type EngineHealth, troubleIn } from '../message-engine';
import type { CountsView } from './counts-view';
import { asDatabaseError } from './connection/database-errors';
import type { DatabaseAddress } from './connection/database-settings';
import { closed } from './connection/link';
import { countRowOf, numberIn } from './mail-rows';
import type { DatabaseClient } from './connection/pg-loader';
import { connectToPrimary, cut } from './connection/primary';
import { claimTables, type MailOwner } from './connection/ownership';
import { migrate } from './connection/schema';
import { checkServer, type ServerState, shortcoming } from './connection/server-checks';
import { repairCounts } from './repair';
import { BACK_IN_TIME, LOOK, NEW_ERA } from './statements';

/** Looks without a notification, and at most so often with them. */
const LOOK_MS = 1000;
const SHORTEST_MS = 50;
const CHECK_MS = 2000;
const RETRY_MS = 1000;
/** After so long without a look, rows that others emptied may be gone. No row is forgotten sooner than in twice that. */
const RELOAD_MS = 300_000;

/** No mail is kept for longer, so what was lost is over by then. */
const LOSS_MS = 86_400_000;
const WENT_BACK =
  'The database lost mail that had been acknowledged: a standby without it was promoted, or a copy was restored. Make ' +
  'the standbys synchronous.';

/** What the watcher needs, and whom it tells. */
export interface WatcherOptions {
  readonly address: DatabaseAddress;
  readonly owner: MailOwner | undefined;
  readonly view: CountsView;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Logger;
  onArrivals(mailboxes: readonly Uint8Array[]): void;
  /** Connected anew; other connections may be to a server that is no longer the primary. */
  onConnected(): void;
}

/** Keeps this process's view of what the others do, hears of mail, and watches the server itself. */
export class Watcher {
  /** `health` is another than before. */
  readonly events = new Emitter<{ health: undefined }>((error) =>
    this.#options.log.error(`A listener for the health of the database failed: ${String(error)}`),
  );
  readonly #options: WatcherOptions;
  readonly #closing = new AbortController();
  #wake = new AbortController();
  #client: DatabaseClient | undefined;
  #wasReady = false;
  #error: ToxAsyncError | undefined = new ToxAsyncError('ErrDatabase', 'Connecting to the database.');
  #state: ServerState | undefined;
  /** Seconds by which the server's clock was ahead of ours at the last check. */
  #ahead = 0;
  #next = 0;
  #lookedAt = -Infinity;
  #checkedAt = -Infinity;
  #hasNews = false;
  /** When the database turned out to be older than what was known of it. */
  #wentBackAt = -Infinity;
  #looks: { readonly resolve: () => void; readonly reject: (error: ToxAsyncError) => void }[] = [];
  /** What was last told of the health. */
  #told = '';
  #done: Promise<void> | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt, whatever came of it. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = this.#run(resolve);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake.abort();
    if (this.#client) cut(this.#client);
    this.#rejectLooks(closed());
    await this.#done;
  }

  health(): EngineHealth {
    const error = this.#error ?? this.#stalled();
    if (error) return { state: 'down', error, wasReady: this.#wasReady };
    const text =
      this.#options.clock.monotonic() - this.#wentBackAt < LOSS_MS
        ? WENT_BACK
        : this.#state && shortcoming(this.#state, this.#options.address.standbys, this.#ahead);
    return text === undefined ? { state: 'ok' } : { state: 'degraded', text };
  }

  /** @throws ErrDatabase, ErrLocalStorageFull it has never been ready */
  assertReadable(): void {
    if (this.#error && !this.#wasReady) throw this.#error;
  }

  /**
   * @throws ErrDatabase, ErrLocalStorageFull what the others store is not known for now, the server would not keep mail
   * safely, or a write would wait for standbys that are not there
   */
  assertWritable(): void {
    const error = this.#error ?? this.#stalled();
    if (error) throw error;
  }

  /** Resolves after the next look at the database. @throws ErrDatabase, ErrLocalStorageFull it is not connected */
  look(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    this.#wake.abort();
    return new Promise((resolve, reject) => this.#looks.push({ resolve, reject }));
  }

  /** Tells the other processes to look. They look by themselves when this fails. */
  announce(): void {
    this.#hasNews = true;
    this.#wake.abort();
  }

  #stalled(): ToxAsyncError | undefined {
    if (this.#state?.isStalled !== true) return undefined;
    return new ToxAsyncError(
      'ErrDatabase',
      'The database waits for its synchronous standbys. Start them, or take them from synchronous_standby_names.',
    );
  }

  async #run(tried: () => void): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#watch(tried);
      } catch (error) {
        this.#fail(asDatabaseError(error));
      }
      tried();
      await sleep(this.#options.timers, RETRY_MS, this.#closing.signal);
    }
  }

  async #watch(tried: () => void): Promise<void> {
    const { address, owner, timers } = this.#options;
    const { client, state } = await connectToPrimary(address);
    try {
      this.#client = client;
      client.on('notification', () => this.#wake.abort());
      client.on('end', () => this.#wake.abort());
      await migrate(client, address.schema);
      if (owner) await claimTables(client, owner, address.schema);
      await client.query(`LISTEN "${address.schema}"`);
      this.#options.onConnected();
      await client.query(BACK_IN_TIME);
      await repairCounts(client);
      // What was known may be ahead of what this server has.
      await this.#look(client, true);
      this.#succeed(state);
      tried();
      while (!this.#closing.signal.aborted) {
        await sleep(timers, LOOK_MS, this.#wake.signal);
        await sleep(timers, SHORTEST_MS, this.#closing.signal);
        this.#wake = new AbortController();
        if (this.#hasNews) await this.#tellOthers(client);
        await this.#look(client);
        await this.#check(client);
      }
    } finally {
      this.#client = undefined;
      cut(client);
    }
  }

  async #tellOthers(client: DatabaseClient): Promise<void> {
    this.#hasNews = false;
    await client.query('SELECT pg_notify($1, $2)', [this.#options.address.schema, '']);
  }

  async #look(client: DatabaseClient, isNew = false): Promise<void> {
    const { clock, view } = this.#options;
    const now = clock.monotonic();
    const isReload = isNew || now - this.#lookedAt > RELOAD_MS;
    const { rows } = await client.query(LOOK, [isReload ? '0' : String(this.#next)]);
    const counts = rows.filter(({ mailbox }) => mailbox !== null).map(countRowOf);
    const isFirst = this.#lookedAt === -Infinity;
    if (isNew && now - this.#lookedAt < RELOAD_MS && view.isAheadOf(counts)) await this.#goBack(client);
    const arrivals = isReload ? view.replace(counts) : view.apply(counts);
    this.#next = numberIn(rows[0] ?? {}, 'next');
    this.#lookedAt = now;
    if (!isFirst && arrivals.length > 0) this.#options.onArrivals(arrivals);
    for (const { resolve } of this.#looks.splice(0)) resolve();
  }

  /** Numbers that were seen must not be given again. */
  async #goBack(client: DatabaseClient): Promise<void> {
    this.#wentBackAt = this.#options.clock.monotonic();
    this.#options.log.warn(WENT_BACK);
    await client.query(NEW_ERA);
  }

  async #check(client: DatabaseClient): Promise<void> {
    const now = this.#options.clock.monotonic();
    if (now - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = now;
    const state = await checkServer(client);
    if (state.isStandby)
      throw new ToxAsyncError('ErrDatabase', 'The database has become a standby. It is tried again.');
    this.#note(state);
  }

  #note(state: ServerState): void {
    this.#state = state;
    this.#ahead = state.time - this.#options.clock.wall() / 1000;
    this.#tellHealth();
  }

  #succeed(state: ServerState): void {
    if (this.#error && this.#wasReady) this.#options.log.info('The database answers again.');
    this.#error = undefined;
    this.#wasReady = true;
    this.#note(state);
  }

  #fail(error: ToxAsyncError): void {
    if (this.#closing.signal.aborted) return;
    if (this.#error?.message !== error.message) {
      this.#options.log.warn(`Mail for others cannot be kept for now: ${error.message}`);
    }
    this.#error = error;
    this.#rejectLooks(error);
    this.#tellHealth();
  }

  #rejectLooks(error: ToxAsyncError): void {
    for (const { reject } of this.#looks.splice(0)) reject(error);
  }

  #tellHealth(): void {
    const health = troubleIn(this.health()) ?? '';
    if (health === this.#told) return;
    this.#told = health;
    this.events.emit('health', undefined);
  }
}
