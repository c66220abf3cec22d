import type { Timer, Timers } from '../../platform/timers';
import type { Deposits } from './deposits';
import type { DirectDelivery } from './direct-delivery';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { PlainDelivery } from './plain-delivery';
import type { ServiceEntry, ServiceMail } from '../journal/service-mail';

/** Looks for retries that are due, milliseconds. */
const TICK = 5_000;

export interface DispatcherParts {
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly queues: KeyedQueue;
  readonly completion: Completion;
  readonly direct: DirectDelivery;
  readonly plain: PlainDelivery;
  readonly deposits: Deposits<OutboxEntry>;
  readonly mail: ServiceMail;
  readonly mailDeposits: Deposits<ServiceEntry>;
  readonly onError: (error: unknown) => void;
}

/**
 * Decides for each waiting message which way it goes now: to the friend itself, as an ordinary message, or to
 * storage nodes. It keeps no state of its own; calling it too often is harmless.
 */
export class Dispatcher {
  readonly #o: DispatcherParts;
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #running = false;

  constructor(parts: DispatcherParts) {
    this.#o = parts;
  }

  start(): void {
    this.#running = true;
    this.#tick();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#soon?.cancel();
    this.#soon = undefined;
  }

  /** One message, now. */
  dispatch(entry: OutboxEntry): void {
    const { outbox, plain, direct, deposits } = this.#o;
    if (!this.#running || !outbox.has(entry)) return;
    if (plain.consider(entry) || entry.sealed === undefined || direct.consider(entry)) return;
    deposits.consider(entry);
  }

  /** Every message, once the present events are through. */
  kick(): void {
    if (!this.#running || this.#soon !== undefined) return;
    this.#soon = this.#o.timers.after(0, () => {
      this.#soon = undefined;
      this.#dispatchMail();
      for (const entry of this.#o.outbox.entries()) this.dispatch(entry);
    });
  }

  /** Keys and receipts go before all else; to a friend who is here they go without mail. */
  #dispatchMail(): void {
    const { mail, mailDeposits, direct } = this.#o;
    for (const entry of mail.entries()) if (!direct.isOpen(entry.friend)) mailDeposits.consider(entry);
  }

  #tick(): void {
    const { timers, completion, queues, deposits, mailDeposits, onError } = this.#o;
    for (const friend of completion.due()) queues.run(friend, () => completion.expire(friend)).catch(onError);
    deposits.tidy();
    mailDeposits.tidy();
    this.kick();
    this.#timer = timers.after(TICK, () => this.#tick());
  }
}
