import { toHex, type Clock, type Outcome, type Timer, type Timers } from '../../lib/index';

/** What a message waits for is told at most this often, milliseconds: a connection may come and go. */
const QUIET_MS = 60_000;

interface News<T> {
  /** Monotonic milliseconds. */
  readonly toldAt: number;
  /** What came since, until it may be told. */
  held?: { readonly news: T; readonly timer: Timer };
}

/** Holds back outcomes that only say what a message waits for now, so that the last of a minute is told. */
export class ReasonNews<T extends { readonly outcome: Outcome }> {
  readonly #platform: { readonly clock: Pick<Clock, 'monotonic'>; readonly timers: Timers };
  readonly #tell: (news: T) => void;
  /** By friend and message. */
  readonly #messages = new Map<string, News<T>>();

  constructor(
    platform: { readonly clock: Pick<Clock, 'monotonic'>; readonly timers: Timers },
    tell: (news: T) => void,
  ) {
    this.#platform = platform;
    this.#tell = tell;
  }

  take(news: T): void {
    const { outcome } = news;
    const id = toHex(outcome.friend) + toHex(outcome.messageId);
    if (outcome.state === 'queued') return this.#takeReason(id, news);
    this.#messages.get(id)?.held?.timer.cancel();
    this.#messages.delete(id);
    this.#tell(news);
  }

  /** Tells at once what is held back, and forgets all. */
  end(): void {
    for (const { held } of this.#messages.values()) {
      held?.timer.cancel();
      if (held !== undefined) this.#tell(held.news);
    }
    this.#messages.clear();
  }

  #takeReason(id: string, news: T): void {
    const { clock, timers } = this.#platform;
    const now = clock.monotonic();
    const last = this.#messages.get(id);
    last?.held?.timer.cancel();
    const wait = last === undefined ? 0 : last.toldAt + QUIET_MS - now;
    if (last === undefined || wait <= 0) {
      this.#messages.set(id, { toldAt: now });
      this.#tell(news);
      return;
    }
    last.held = { news, timer: timers.after(wait, () => this.#takeReason(id, news)) };
  }
}
