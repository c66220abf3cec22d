import { PeerSet } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { Wakeup, Woken } from '../wakeup';
import { Agenda, type AgendaComponents } from './agenda';
import type { Deposits } from './deposits/deposits';
import type { DirectDelivery } from './direct-delivery';
import type { ChunkDeposits } from './large/chunk-deposits';
import type { LargePayloads } from './large/large-payloads';
import type { LargeTurns } from './large/large-turns';
import type { Completion } from './completion';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { urgentFirst } from '../journal/outgoing/outbox-record';
import type { AsyncClientHooks } from '../client-options';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Overdue } from './overdue';
import type { PlainDelivery } from './plain-delivery';
import type { ReasonChanges } from './reason-changes';
import type { Resealer } from './resealer';
import type { SealTime } from './sealing/seal-time';
import type { ServiceEntry, ServiceMail } from '../journal/service-mail';

/** An ending that the disk refused is tried again after this, milliseconds. */
const END_AGAIN = 5_000;
/** After what the disk did not give back, milliseconds. */
const READ_AGAIN = 60_000;

export interface DispatcherComponents extends AgendaComponents {
  readonly wakeup: Wakeup;
  readonly outbox: Pick<Outbox, 'entries' | 'has' | 'of'>;
  readonly queues: KeyedQueue;
  readonly completion: Pick<Completion, 'expire'>;
  readonly direct: Pick<DirectDelivery, 'consider' | 'isHere' | 'offersAgainAt' | 'turns'>;
  readonly plain: Pick<PlainDelivery, 'consider'>;
  readonly deposits: Pick<Deposits<OutboxEntry>, 'consider' | 'turns'>;
  readonly chunkDeposits: Pick<ChunkDeposits, 'consider' | 'turns'>;
  readonly payloads: Pick<LargePayloads, 'close'>;
  readonly turns: Pick<LargeTurns, 'endsAt' | 'has' | 'isDue' | 'pass'>;
  readonly sealTime: Pick<SealTime, 'behindUntil' | 'isBehind'>;
  readonly resealer: Pick<Resealer, 'canSeal' | 'sealWaiting'>;
  readonly overdue: Pick<Overdue, 'look'>;
  readonly reasonChanges: Pick<ReasonChanges, 'look'>;
  readonly mail: Pick<ServiceMail, 'entries' | 'has'>;
  readonly serviceDeposits: Pick<Deposits<ServiceEntry>, 'consider' | 'turns'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Decides for each waiting message which way it goes now: to the friend itself, as an ordinary message, or to
 * storage nodes. A message is looked at when something happened that concerns it, or when its time has come; looking too
 * often is harmless.
 */
export class Dispatcher {
  readonly #components: DispatcherComponents;
  readonly #agenda: Agenda<OutboxEntry>;
  readonly #mailAgenda: Agenda<ServiceEntry>;
  readonly #ending = new PeerSet();
  readonly #passing = new PeerSet();
  readonly #sealing = new PeerSet();
  /** Large messages for nodes that were looked at: their chunks go behind everything else. */
  readonly #large = new Set<OutboxEntry>();
  #running = false;

  constructor(components: DispatcherComponents) {
    this.#components = components;
    const onSlept = () => components.wakeup.all();
    this.#agenda = new Agenda(components, { onDue: (entry) => components.wakeup.message(entry), onSlept });
    this.#mailAgenda = new Agenda(components, { onDue: (entry) => components.wakeup.mail(entry), onSlept });
  }

  start(): void {
    const { wakeup } = this.#components;
    this.#running = true;
    this.#agenda.start();
    this.#mailAgenda.start();
    wakeup.listen((woken) => this.#lookAt(woken));
    wakeup.all();
  }

  stop(): void {
    this.#running = false;
    this.#agenda.stop();
    this.#mailAgenda.stop();
    this.#components.wakeup.stop();
    this.#components.payloads.close();
    this.#large.clear();
  }

  /** One message, now. */
  dispatch(entry: OutboxEntry): void {
    if (this.#running) this.#look(entry);
  }

  /** Keys and receipts go before all else. */
  #lookAt({ all, friends, messages, mail }: Woken): void {
    const { mail: serviceMail, outbox, direct, deposits, chunkDeposits, serviceDeposits } = this.#components;
    const waiting = all || friends.size > 0 ? serviceMail.entries() : [];
    for (const entry of waiting) if (all || friends.has(entry.friend)) this.#lookAtMail(entry);
    for (const entry of mail) this.#lookAtMail(entry);
    for (const entry of serviceDeposits.turns()) this.#lookAtMail(entry);
    const named = all ? outbox.entries() : [...friends].flatMap((friend) => outbox.of(friend));
    for (const entry of urgentFirst(named)) this.#look(entry);
    for (const entry of urgentFirst([...messages])) this.#look(entry);
    for (const way of [direct, deposits, chunkDeposits]) for (const entry of way.turns()) this.#look(entry);
    for (const entry of this.#large) {
      const put = (at: number) => this.#agenda.put(entry, at);
      this.#spared(() => put(chunkDeposits.consider(entry)), put);
    }
    this.#large.clear();
  }

  #look(entry: OutboxEntry): void {
    this.#spared(
      () => this.#choose(entry),
      (at) => this.#agenda.put(entry, at),
    );
  }

  /** A message that the disk does not give back holds up no other, nor ends the process by an error in a timer. */
  #spared(look: () => void, again: (at: number) => void): void {
    const { clock, hooks } = this.#components;
    try {
      look();
    } catch (error) {
      hooks.onError(error);
      again(clock.monotonic() + READ_AGAIN);
    }
  }

  #choose(entry: OutboxEntry): void {
    const { outbox, ages, clock, plain, direct, deposits, turns, resealer, sealTime } = this.#components;
    const { overdue, reasonChanges } = this.#components;
    if (!outbox.has(entry)) return this.#agenda.drop(entry);
    this.#agenda.put(entry, this.#agenda.timeOf(overdue.look(entry)));
    const end = entry.acceptedAt + entry.lifetime;
    if (end <= ages.now()) {
      this.#end(entry.friend);
      return this.#agenda.put(entry, clock.monotonic() + END_AGAIN);
    }
    this.#agenda.put(entry, Math.min(this.#agenda.timeOf(end), reasonChanges.look(entry)));
    if (sealTime.isBehind(entry)) {
      return this.#agenda.put(entry, this.#agenda.timeOf(sealTime.behindUntil(entry)));
    }
    const offeredAt = plain.consider(entry);
    if (offeredAt !== undefined) return this.#agenda.put(entry, offeredAt);
    if (resealer.canSeal(entry)) return this.#seal(entry);
    if (!turns.has(entry)) return this.#awaitTurn(entry);
    if (entry.sealed === undefined || direct.consider(entry)) return;
    if (entry.large) this.#large.add(entry);
    this.#agenda.put(entry, Math.min(deposits.consider(entry), direct.offersAgainAt(entry)));
  }

  /** All that wait for a key, in the order of acceptance; it is looked at again after that. */
  #seal(entry: OutboxEntry): void {
    const { clock, queues, resealer, hooks } = this.#components;
    const { friend } = entry;
    if (this.#sealing.has(friend)) return;
    this.#sealing.add(friend);
    queues
      .run(friend, () => resealer.sealWaiting(friend))
      .catch((error: unknown) => {
        hooks.onError(error);
        this.#agenda.put(entry, clock.monotonic() + READ_AGAIN);
      })
      .finally(() => this.#sealing.delete(friend));
  }

  #awaitTurn(entry: OutboxEntry): void {
    const { turns, queues, resealer, hooks } = this.#components;
    const { friend } = entry;
    this.#agenda.put(entry, this.#agenda.timeOf(turns.endsAt(friend)));
    if (!turns.isDue(friend) || this.#passing.has(friend)) return;
    const pass = async () => {
      if (await turns.pass(friend)) await resealer.sealWaiting(friend);
    };
    this.#passing.add(friend);
    queues
      .run(friend, pass)
      .catch((error: unknown) => hooks.onError(error))
      .finally(() => this.#passing.delete(friend));
  }

  #lookAtMail(entry: ServiceEntry): void {
    this.#spared(
      () => this.#chooseForMail(entry),
      (at) => this.#mailAgenda.put(entry, at),
    );
  }

  /** To a friend who is here they go without mail. */
  #chooseForMail(entry: ServiceEntry): void {
    const { mail, direct, serviceDeposits } = this.#components;
    if (!mail.has(entry)) return this.#mailAgenda.drop(entry);
    if (!direct.isHere(entry.friend)) this.#mailAgenda.put(entry, serviceDeposits.consider(entry));
  }

  /** Its messages whose life is over. */
  #end(friend: PublicKey): void {
    const { queues, completion, hooks } = this.#components;
    if (this.#ending.has(friend)) return;
    this.#ending.add(friend);
    queues
      .run(friend, () => completion.expire(friend))
      .catch((error: unknown) => hooks.onError(error))
      .finally(() => this.#ending.delete(friend));
  }
}
