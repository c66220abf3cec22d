import { sleep, type Timer } from '../../platform/timers';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import { MessageHeads } from '../content/message-heads';
import { receivedContent } from '../content/received-content';
import type { Inbox, InboxEntry } from '../journal/inbox';
import type { MessageFilter, MessageHandler, ReceivedMessage } from '../messages';
import type { PublicKey } from '../../types';
import type { InboxRoom } from './inbox-room';

/** Longest wait for a handler, milliseconds. */
const HANDLER_TIMEOUT = 30_000;
/** Longest wait for it when the session stops, milliseconds. */
const STOP_TIMEOUT = 1_000;
/** A handler that failed is tried again after these times, milliseconds; then at the next start. */
const RETRY_AFTER = [60_000, 300_000, 1_800_000];
/** Messages that are marked in one batch at most, and the time in which a run of them counts as quick, milliseconds. */
const LONGEST_RUN = 16;
const QUICK = 50;

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
 * Hands inbox entries to the handler, oldest first, one at a time: marked before the call, erased after it. As long as
 * the handler is quick, a run of entries is marked in one batch, and erased while the next are handed over; a slow one
 * has each marked by itself, so that a crash makes few look as if they had been seen.
 * An entry that was marked before this process started, or given to a handler in it, comes as `redelivered`.
 */
export class HandOver {
  readonly #components: HandOverComponents;
  readonly #heads: MessageHeads;
  readonly #standing = new Map<number, Standing>();
  /** Entries that are being handed over. */
  readonly #inHand = new Set<number>();
  /** Entries that were marked and not given to anybody since. */
  readonly #ahead = new Set<number>();
  #runLength = 1;
  #handler: MessageHandler | undefined;
  #filter: MessageFilter = () => true;
  #running: Promise<void> | undefined;
  #again = false;
  #started = false;
  #retry: Timer | undefined;

  constructor(components: HandOverComponents) {
    this.#components = components;
    this.#heads = new MessageHeads(components.inbox);
  }

  /** Entries that no handler took yet, and those that one failed to handle. */
  count(state: 'waiting' | 'failed'): number {
    return this.#components.inbox.entries().filter((entry) => this.stateOf(entry) === state).length;
  }

  /** 'waiting' for a handler; 'kept' by one that will acknowledge it; 'failed': a handler did, and gets it again. */
  stateOf({ sequence }: InboxEntry): 'waiting' | 'kept' | 'failed' {
    return this.#standing.get(sequence)?.state ?? 'waiting';
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
    const waiting = this.#components.inbox.entries().filter(({ sequence }) => !this.#standing.has(sequence));
    await this.#withMarked(waiting, async (entry) => {
      const message = await this.#open(entry);
      if (message === undefined) return;
      this.#standing.set(entry.sequence, { state: 'kept' });
      messages.push(message);
    });
    return messages;
  }

  /** Ends a kept entry. False when there is no such entry. */
  async acknowledge(sender: PublicKey, messageId: Uint8Array): Promise<boolean> {
    const entry = this.#components.inbox.find(sender, messageId);
    if (entry === undefined) return false;
    await this.#erase(entry);
    return true;
  }

  /** The handler that kept an entry could not handle it. It is not offered before `offerAgain`, or the next start. */
  giveBack(sender: PublicKey, messageId: Uint8Array): void {
    const entry = this.#components.inbox.find(sender, messageId);
    if (entry === undefined) return;
    this.#standing.set(entry.sequence, { state: 'failed', failures: 1, retryAt: Infinity });
    this.#components.hooks.onHandled();
  }

  async #run(): Promise<void> {
    while (this.#again && this.#started && this.#handler !== undefined) {
      this.#again = false;
      const due = this.#components.inbox.entries().filter((entry) => this.#isDue(entry));
      while (due.length > 0) await this.#handRun(due.splice(0, this.#runLength));
      this.#scheduleRetry();
    }
  }

  async #handRun(run: readonly InboxEntry[]): Promise<void> {
    const { clock } = this.#components;
    const entries = run.filter((entry) => this.#isDue(entry));
    if (entries.length === 0) return;
    const erasures: Promise<void>[] = [];
    let took = 0;
    try {
      await this.#withMarked(entries, async (entry) => {
        if (!this.#isDue(entry)) return;
        const begun = clock.monotonic();
        await this.#hand(entry, erasures);
        took = Math.max(took, clock.monotonic() - begun);
      });
    } catch (error) {
      // The store failed: they stay and are offered again.
      for (const entry of entries) if (this.#isDue(entry)) this.#fail(entry, error);
    }
    await Promise.all(erasures);
    this.#runLength = took < QUICK ? Math.min(LONGEST_RUN, this.#runLength * 2) : 1;
  }

  /**
   * Marks these in one batch, then does the work for each. Not for those that somebody else has in hand, or that were
   * finished by then.
   */
  async #withMarked(
    entries: readonly InboxEntry[],
    work: (entry: InboxEntry) => Promise<void>,
  ): Promise<void> {
    const { inbox, store } = this.#components;
    const mine = entries.filter((entry) => !this.#inHand.has(entry.sequence) && inbox.has(entry));
    for (const { sequence } of mine) this.#inHand.add(sequence);
    try {
      const fresh = mine.filter(({ handed }) => !handed);
      const writes = store.batch();
      for (const entry of fresh) inbox.markHanded(writes, entry);
      if (writes.size > 0) await writes.commit();
      for (const { sequence } of fresh) this.#ahead.add(sequence);
      for (const entry of mine) if (inbox.has(entry)) await work(entry);
    } finally {
      for (const { sequence } of mine) this.#inHand.delete(sequence);
    }
  }

  #isDue(entry: InboxEntry): boolean {
    if (!this.#started) return false;
    const standing = this.#standing.get(entry.sequence);
    if (standing?.state === 'kept') return false;
    if (standing !== undefined && standing.retryAt > this.#components.clock.monotonic()) return false;
    return this.#filter(this.#heads.of(entry));
  }

  /**
   * The message, which is marked; undefined when its secret is lost. What the handler is given is its own; of the copy
   * that was made here nothing stays in memory.
   */
  async #open(entry: InboxEntry): Promise<ReceivedMessage | undefined> {
    const { crypto, inbox, hooks } = this.#components;
    const redelivered = !this.#ahead.delete(entry.sequence);
    const read = inbox.read(entry);
    const content = read && receivedContent(read);
    if (read === undefined || content === undefined) {
      await this.#erase(entry);
      hooks.onLost(entry.sender, entry.messageId);
      return undefined;
    }
    crypto.wipe(read.data);
    const { messageId, sender, receivedAt, via } = entry;
    const sentAt = entry.sentAt === 0 ? undefined : entry.sentAt;
    return { messageId, sender, ...content, sentAt, receivedAt, via, redelivered };
  }

  /** @param erasures takes what is written while the next entry is handed over */
  async #hand(entry: InboxEntry, erasures: Promise<void>[]): Promise<void> {
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
    else erasures.push(this.#erase(entry).catch((error: unknown) => this.#fail(entry, error)));
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
    this.#heads.forget(entry);
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
