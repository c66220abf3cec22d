import { sleep, type Timer } from '../../platform/timers';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import { receivedContent } from '../content/received-content';
import type { Inbox, InboxEntry } from '../journal/inbox';
import type { MessageFilter, MessageHandler, ReceivedMessage } from '../messages';
import type { InboxRoom } from './inbox-room';

/** Longest wait for a handler, milliseconds. */
const HANDLER_TIMEOUT = 30_000;
/** Longest wait for it when the session stops, milliseconds. */
const STOP_TIMEOUT = 1_000;
/** A handler that failed is tried again after these times, milliseconds; then at the next start. */
const RETRY_AFTER = [60_000, 300_000, 1_800_000];

type Standing =
  /** Its handler answered 'later': only acknowledge, a restart or `again` touch it. */
  | { readonly state: 'kept' }
  /** Its handler failed. */
  | { readonly state: 'failed'; readonly failures: number; readonly retryAt: number };

export interface HandOverComponents extends Pick<BaseComponents, 'crypto' | 'store' | 'clock' | 'timers'> {
  readonly inbox: Inbox;
  readonly room: Pick<InboxRoom, 'look'>;
  readonly hooks: Pick<AsyncClientHooks, 'onHandled' | 'onLost' | 'onError'>;
}

/**
 * Hands inbox entries to the handler, oldest first, one at a time: marked before the call, erased after it.
 * An entry that was marked before this process started comes as `redelivered`.
 */
export class HandOver {
  readonly #components: HandOverComponents;
  readonly #standing = new Map<number, Standing>();
  /** Entries that are being handed over. */
  readonly #inHand = new Set<number>();
  #handler: MessageHandler | undefined;
  #filter: MessageFilter = () => true;
  #running: Promise<void> | undefined;
  #again = false;
  #started = false;
  #retry: Timer | undefined;

  constructor(components: HandOverComponents) {
    this.#components = components;
  }

  /** Entries that no handler took yet. */
  get waiting(): number {
    return this.#components.inbox.entries().filter(({ sequence }) => !this.#standing.has(sequence)).length;
  }

  setHandler(handler: MessageHandler | undefined, filter: MessageFilter = () => true): void {
    this.#handler = handler;
    this.#filter = filter;
    this.offer();
  }

  start(): void {
    this.#started = true;
    this.offer();
  }

  /**
   * Nothing is handed over afterwards. Gives a running handler a second; its message comes again, marked as
   * redelivered, when it takes longer.
   */
  async stop(): Promise<void> {
    this.#started = false;
    this.#retry?.cancel();
    await Promise.race([this.#running, sleep(this.#components.timers, STOP_TIMEOUT)]);
  }

  /** Offers what waits; safe to call at any time. */
  offer(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && this.#started && this.#handler !== undefined) this.offer();
    });
  }

  /** Offers the kept and the failed ones once more. */
  offerAgain(): void {
    this.#standing.clear();
    this.offer();
  }

  /** Everything that waits, as kept entries: the caller acknowledges each. */
  async takeAll(): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    for (const entry of this.#components.inbox.entries()) {
      if (this.#standing.has(entry.sequence)) continue;
      await this.#alone(entry, async () => {
        const message = await this.#open(entry);
        if (message === undefined) return;
        this.#standing.set(entry.sequence, { state: 'kept' });
        messages.push(message);
      });
    }
    return messages;
  }

  /** Ends a kept entry. False when there is no such entry. */
  async acknowledge(messageId: Uint8Array): Promise<boolean> {
    const entry = this.#components.inbox.find(messageId);
    if (entry === undefined) return false;
    await this.#erase(entry);
    return true;
  }

  async #run(): Promise<void> {
    while (this.#again && this.#started && this.#handler !== undefined) {
      this.#again = false;
      for (const entry of this.#components.inbox.entries()) {
        if (!this.#isDue(entry)) continue;
        try {
          await this.#alone(entry, () => this.#hand(entry));
        } catch (error) {
          // The store failed: the entry stays and is offered again.
          this.#fail(entry, error);
        }
      }
      this.#scheduleRetry();
    }
  }

  /** Unless somebody else has the entry in hand, or it was finished since the inbox was looked at. */
  async #alone(entry: InboxEntry, work: () => Promise<void>): Promise<void> {
    if (this.#inHand.has(entry.sequence) || !this.#components.inbox.has(entry)) return;
    this.#inHand.add(entry.sequence);
    try {
      await work();
    } finally {
      this.#inHand.delete(entry.sequence);
    }
  }

  #isDue(entry: InboxEntry): boolean {
    if (!this.#started) return false;
    const standing = this.#standing.get(entry.sequence);
    if (standing?.state === 'kept') return false;
    if (standing !== undefined && standing.retryAt > this.#components.clock.monotonic()) return false;
    return this.#filter(entry);
  }

  /**
   * The message, marked as handed over; undefined when its secret is lost. What the handler is given is its own; of
   * the copy that was made here nothing stays in memory.
   */
  async #open(entry: InboxEntry): Promise<ReceivedMessage | undefined> {
    const { crypto, inbox, store, hooks } = this.#components;
    const read = inbox.read(entry);
    const content = read && receivedContent(read);
    if (read === undefined || content === undefined) {
      await this.#erase(entry);
      hooks.onLost(entry.sender, entry.messageId);
      return undefined;
    }
    const redelivered = entry.handed;
    try {
      if (!entry.handed) {
        const writes = store.batch();
        inbox.markHanded(writes, entry);
        await writes.commit();
      }
      const { messageId, sender, receivedAt, via } = entry;
      const sentAt = entry.sentAt === 0 ? undefined : entry.sentAt;
      return { messageId, sender, ...content, sentAt, receivedAt, via, redelivered };
    } finally {
      crypto.wipe(read.data);
    }
  }

  async #hand(entry: InboxEntry): Promise<void> {
    const handler = this.#handler;
    if (handler === undefined) return;
    const message = await this.#open(entry);
    if (message === undefined) return;
    let answer;
    try {
      answer = await this.#withTimeout(async () => handler(message));
    } catch (error) {
      this.#fail(entry, error);
      return;
    }
    if (answer === 'later') this.#standing.set(entry.sequence, { state: 'kept' });
    else await this.#erase(entry);
    this.#handled();
  }

  async #withTimeout<T>(task: () => Promise<T>): Promise<T> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = this.#components.timers.after(HANDLER_TIMEOUT, () =>
        reject(new Error('The message handler did not finish within 30 seconds.')),
      );
    });
    try {
      return await Promise.race([task(), late]);
    } finally {
      timer?.cancel();
    }
  }

  async #erase(entry: InboxEntry): Promise<void> {
    const { inbox, store } = this.#components;
    if (!inbox.has(entry)) return;
    const writes = store.batch();
    inbox.erase(writes, entry);
    await writes.commit();
    this.#standing.delete(entry.sequence);
    this.#handled();
  }

  #fail(entry: InboxEntry, error: unknown): void {
    const standing = this.#standing.get(entry.sequence);
    const failures = standing?.state === 'failed' ? standing.failures + 1 : 1;
    const wait = RETRY_AFTER[failures - 1] ?? Infinity;
    this.#standing.set(entry.sequence, {
      state: 'failed',
      failures,
      retryAt: this.#components.clock.monotonic() + wait,
    });
    this.#components.hooks.onError(error);
    this.#handled();
  }

  /** Fewer may wait, and mail that found no room before may find it now. */
  #handled(): void {
    const { room, hooks } = this.#components;
    hooks.onHandled();
    room.look();
  }

  #scheduleRetry(): void {
    this.#retry?.cancel();
    let next = Infinity;
    for (const standing of this.#standing.values()) {
      if (standing.state === 'failed') next = Math.min(next, standing.retryAt);
    }
    if (next === Infinity || !this.#started) return;
    this.#retry = this.#components.timers.after(next - this.#components.clock.monotonic(), () =>
      this.offer(),
    );
  }
}
