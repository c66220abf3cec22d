import type { Timer, Timers } from '../../platform/timers';
import type { Wakeup } from '../wakeup';
import type { Deposits } from './deposits';
import type { DirectDelivery } from './direct-delivery';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { AsyncClientHooks } from '../client-options';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { PlainDelivery } from './plain-delivery';
import type { ServiceEntry, ServiceMail } from '../journal/service-mail';

/** Looks for retries that are due, milliseconds. */
const TICK = 5_000;

export interface DispatcherComponents {
  readonly timers: Timers;
  readonly wakeup: Wakeup;
  readonly outbox: Pick<Outbox, 'entries' | 'has'>;
  readonly queues: KeyedQueue;
  readonly completion: Pick<Completion, 'due' | 'expire'>;
  readonly direct: Pick<DirectDelivery, 'consider' | 'isHere'>;
  readonly plain: Pick<PlainDelivery, 'consider'>;
  readonly deposits: Pick<Deposits<OutboxEntry>, 'consider' | 'tidy'>;
  readonly mail: Pick<ServiceMail, 'entries'>;
  readonly serviceDeposits: Pick<Deposits<ServiceEntry>, 'consider' | 'tidy'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Decides for each waiting message which way it goes now: to the friend itself, as an ordinary message, or to
 * storage nodes. It keeps no state of its own; looking too often is harmless.
 */
export class Dispatcher {
  readonly #components: DispatcherComponents;
  #timer: Timer | undefined;
  #running = false;

  constructor(components: DispatcherComponents) {
    this.#components = components;
  }

  start(): void {
    this.#running = true;
    this.#components.wakeup.listen(() => this.#lookAtAll());
    this.#tick();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#components.wakeup.stop();
  }

  /** One message, now. */
  dispatch(entry: OutboxEntry): void {
    const { outbox, plain, direct, deposits } = this.#components;
    if (!this.#running || !outbox.has(entry)) return;
    if (plain.consider(entry) || entry.sealed === undefined || direct.consider(entry)) return;
    deposits.consider(entry);
  }

  #lookAtAll(): void {
    this.#dispatchMail();
    for (const entry of this.#components.outbox.entries()) this.dispatch(entry);
  }

  /** Keys and receipts go before all else; to a friend who is here they go without mail. */
  #dispatchMail(): void {
    const { mail, serviceDeposits, direct } = this.#components;
    for (const entry of mail.entries()) if (!direct.isHere(entry.friend)) serviceDeposits.consider(entry);
  }

  #tick(): void {
    const { timers, completion, queues, deposits, serviceDeposits, wakeup, hooks } = this.#components;
    for (const friend of completion.due()) {
      queues.run(friend, () => completion.expire(friend)).catch((error: unknown) => hooks.onError(error));
    }
    deposits.tidy();
    serviceDeposits.tidy();
    wakeup.soon();
    this.#timer = timers.after(TICK, () => this.#tick());
  }
}
