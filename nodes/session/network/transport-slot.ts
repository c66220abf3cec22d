import { ToxAsyncError, type Timer, type Timers } from '../../../lib/index';
import type { Attachment, Connection } from './connection';

/** How long a session and its connection wait for their node to come back from a redeploy, milliseconds. */
export const LINGER = 10_000;

interface Holder {
  readonly node: string;
  readonly attachment: Attachment;
  /** What outlives its node, and the node's settings: it is kept across a redeploy only while they are the same. */
  readonly kept?: { readonly key: string; readonly connection: Connection };
  linger?: Timer;
}

/** The one place for a transport that a session has, and whose it is while nodes come and go. */
export class TransportSlot {
  readonly #timers: Timers;
  readonly #onError: (error: unknown) => void;
  /** Ids of the nodes that are there and want the place, with what users call them; the earliest first. */
  readonly #present = new Map<string, string>();
  #holder: Holder | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(timers: Timers, onError: (error: unknown) => void) {
    this.#timers = timers;
    this.#onError = onError;
  }

  /** What the session is connected with by a tox-transport, while it is. */
  get connection(): Connection | undefined {
    return this.#holder?.kept?.connection;
  }

  /** A node is there; called in its constructor, so that all are known when the first one attaches. */
  enter(node: string, label: string): void {
    this.#present.set(node, label);
  }

  /**
   * The node's connection: the one it had before a redeploy when `key` is the same, else what `connect` makes.
   * ErrTransportAttached when the place is another node's.
   */
  attach(node: string, key: string, connect: () => Promise<Connection>): Promise<Connection> {
    return this.#enqueue(async () => {
      if (this.#rightful() !== node) throw this.#taken();
      const holder = this.#holder;
      if (holder?.node === node && holder.kept?.key === key) {
        holder.linger?.cancel();
        return holder.kept.connection;
      }
      await this.#vacate();
      const connection = await connect();
      this.#holder = { node, attachment: connection, kept: { key, connection } };
      // The node may have closed in between.
      if (!this.#present.has(node)) this.#linger(this.#holder);
      return connection;
    });
  }

  /**
   * Gives the node the place for as long as it is there: what `connect` makes ends with it.
   * ErrTransportAttached when the place is another node's.
   */
  occupy(node: string, connect: () => Promise<Attachment>): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#rightful() !== node) throw this.#taken();
      await this.#vacate();
      this.#holder = { node, attachment: await connect() };
      // The node may have closed in between.
      if (!this.#present.has(node)) await this.#vacate();
    });
  }

  /** A node closes: for good (`removed`: the connection ends now), or for a redeploy (it waits a little). */
  async leave(node: string, removed: boolean): Promise<void> {
    this.#present.delete(node);
    // From now on, not when it is this task's turn: what comes is for the next instance.
    if (this.#holder?.node === node) this.#holder.kept?.connection.events.listen(undefined);
    await this.#enqueue(async () => {
      const holder = this.#holder;
      if (holder?.node !== node) return;
      if (removed || holder.kept === undefined) await this.#vacate();
      else if (!this.#present.has(node)) this.#linger(holder);
    });
  }

  /** The session ends. */
  close(): Promise<void> {
    this.#present.clear();
    return this.#enqueue(() => this.#vacate());
  }

  /** The node whose place it is: its holder's, unless that one has gone, else the earliest one's. */
  #rightful(): string | undefined {
    if (this.#holder !== undefined && this.#present.has(this.#holder.node)) return this.#holder.node;
    const [first] = this.#present.keys();
    return first;
  }

  #linger(holder: Holder): void {
    holder.linger?.cancel();
    holder.linger = this.#timers.after(LINGER, () => {
      this.#enqueue(async () => {
        if (this.#holder === holder && !this.#present.has(holder.node)) await this.#vacate();
      }).catch(this.#onError);
    });
  }

  async #vacate(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    holder?.linger?.cancel();
    await holder?.attachment.close();
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #taken(): ToxAsyncError {
    const holder = this.#present.get(this.#rightful() ?? '') ?? 'another node';
    return new ToxAsyncError(
      'ErrTransportAttached',
      `Already connected by ${holder}: a session has one tox-transport or bridge. Remove one of them, or choose another session for this one.`,
    );
  }
}
