import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import { PeerMap, PeerSet } from '../../../peer-map';
import type { KeyedQueue } from '../../../platform/queues/keyed-queue';
import type { Timer } from '../../../platform/timers';
import type { PublicKey } from '../../../types';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { OwedReceipts } from '../../journal/owed-receipts';
import type { Wakeup } from '../../wakeup';
import { Agenda } from '../agenda';
import type { DirectDelivery } from '../direct-delivery';
import { KeyMail, type KeyMailComponents } from './key-mail';
import { ReceiptMail, type ReceiptMailComponents } from './receipt-mail';
import { ServiceSealing, type ServiceSealingComponents } from './service-sealing';

/** What happened to a friend is looked at this much later, with all that happens until then; milliseconds. */
const PAUSE = 10_000;
/** Keys are mailed to nobody who may be about to connect: not before this many seconds after the start. */
const SETTLING = 60;
/** After what the disk did not give back, milliseconds. */
const READ_AGAIN = 60_000;

/** A friend who is away, and who is to be looked at when a time has come. */
interface Absent {
  readonly peer: PublicKey;
}

export interface ServiceMailerComponents
  extends
    ServiceSealingComponents,
    Omit<ReceiptMailComponents, 'sealing'>,
    Omit<KeyMailComponents, 'sealing'>,
    Pick<BaseComponents, 'clock' | 'timers'> {
  readonly forwardSecurity: ForwardSecurityManager;
  readonly direct: Pick<DirectDelivery, 'isHere'>;
  readonly receipts: ReceiptMailComponents['receipts'] & Pick<OwedReceipts, 'duePeers' | 'listen'>;
  readonly mail: ServiceSealingComponents['mail'] & ReceiptMailComponents['mail'] & KeyMailComponents['mail'];
  readonly queues: KeyedQueue;
  readonly wakeup: Pick<Wakeup, 'friend' | 'listen'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Mails receipts and keys to friends whom we do not meet (docs/PROTOCOL.md, "Keys and receipts by mail"). Nothing
 * is sealed while it could not be deposited, since each envelope uses a key up. A friend who is away is looked at when
 * something happened that concerns them, or when a time has come. Those who are here or removed, and those for whom only
 * an event makes a difference, are not remembered.
 */
export class ServiceMailer {
  readonly #components: ServiceMailerComponents;
  readonly #receipts: ReceiptMail;
  readonly #keys: KeyMail;
  readonly #agenda: Agenda<Absent>;
  readonly #absent = new PeerMap<Absent>();
  /** Something happened to these, who were away then. */
  readonly #marked = new PeerSet();
  #timer: Timer | undefined;
  #running = false;
  #settledAt = 0;

  constructor(components: ServiceMailerComponents) {
    this.#components = components;
    const sealing = new ServiceSealing(components);
    this.#receipts = new ReceiptMail({ ...components, sealing });
    this.#keys = new KeyMail({ ...components, sealing });
    this.#agenda = new Agenda(components, {
      onDue: ({ peer }) => this.#look(peer),
      onSlept: () => this.#markAll(),
    });
  }

  start(): void {
    const { ages, queues, receipts, wakeup } = this.#components;
    this.#settledAt = ages.now() + SETTLING;
    this.#running = true;
    this.#agenda.start();
    queues.listen((peer) => this.#mark(peer));
    receipts.listen((peer) => this.#mark(peer));
    wakeup.listen(({ all, friends }) => {
      if (all) this.#markAll();
      for (const friend of friends) this.#mark(friend);
    });
    this.#markAll();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#agenda.stop();
    this.#marked.clear();
    this.#absent.clear();
  }

  /** Friends who are remembered. */
  get size(): number {
    return this.#absent.size + this.#marked.size;
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#marked.delete(peer);
    const absent = this.#absent.get(peer);
    if (absent === undefined) return;
    this.#agenda.drop(absent);
    this.#absent.delete(peer);
  }

  #markAll(): void {
    const { receipts, forwardSecurity } = this.#components;
    for (const peer of [...forwardSecurity.held.peers(), ...receipts.duePeers()]) this.#mark(peer);
  }

  /** Something happened to the peer; that a friend leaves is itself an event. */
  #mark(peer: PublicKey): void {
    if (!this.#running) return;
    if (this.#components.direct.isHere(peer)) return this.forget(peer);
    this.#marked.add(peer);
    this.#timer ??= this.#components.timers.after(PAUSE, () => {
      this.#timer = undefined;
      const marked = [...this.#marked];
      this.#marked.clear();
      for (const each of marked) this.#look(each);
    });
  }

  /** A friend whose mail the disk does not give back holds up no other, nor ends the process by an error in a timer. */
  #look(peer: PublicKey): void {
    const { clock, hooks } = this.#components;
    try {
      this.#consider(peer);
    } catch (error) {
      hooks.onError(error);
      this.#lookAt(peer, clock.monotonic() + READ_AGAIN);
    }
  }

  #consider(peer: PublicKey): void {
    const { direct, ages } = this.#components;
    const dueAt = direct.isHere(peer)
      ? Infinity
      : Math.min(this.#receipts.dueAt(peer), this.#keysDueAt(peer));
    if (dueAt === Infinity) return this.forget(peer);
    if (dueAt <= ages.now()) return this.#send(peer);
    this.#lookAt(peer, this.#agenda.timeOf(dueAt));
  }

  /** @param at monotonic milliseconds */
  #lookAt(peer: PublicKey, at: number): void {
    const absent = this.#absent.getOrInsert(peer, () => ({ peer }));
    this.#agenda.put(absent, at);
  }

  #keysDueAt(peer: PublicKey): number {
    return Math.max(this.#keys.dueAt(peer), this.#settledAt);
  }

  /** That the queue was at work is an event: the friend is looked at once more, whether it could be done or not. */
  #send(peer: PublicKey): void {
    const { queues, hooks } = this.#components;
    queues.run(peer, () => this.#sendDue(peer)).catch((error: unknown) => hooks.onError(error));
  }

  async #sendDue(peer: PublicKey): Promise<void> {
    const { direct, ages, wakeup } = this.#components;
    if (direct.isHere(peer)) return;
    if (this.#receipts.dueAt(peer) <= ages.now()) await this.#receipts.send(peer);
    if (this.#keysDueAt(peer) <= ages.now()) await this.#keys.send(peer);
    wakeup.friend(peer);
  }
}
