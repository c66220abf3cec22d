import { PeerSet } from '../peer-map';
import type { Timer, Timers } from '../platform/timers';
import type { PublicKey } from '../types';
import type { OutboxEntry } from './journal/outgoing/outbox';
import type { ServiceEntry } from './journal/service-mail';

/** What may go another way now. */
export interface Woken {
  /** Everything that waits. */
  readonly all: boolean;
  /** All that waits for these. */
  readonly friends: PeerSet;
  readonly messages: ReadonlySet<OutboxEntry>;
  readonly mail: ReadonlySet<ServiceEntry>;
}

/**
 * Says that waiting messages may go another way now. The one who makes it so names them; whoever listens looks at them
 * once, however many calls there were.
 */
export class Wakeup {
  readonly #timers: Timers;
  readonly #looks = new Set<(woken: Woken) => void>();
  #timer: Timer | undefined;
  #all = false;
  #friends = new PeerSet();
  #messages = new Set<OutboxEntry>();
  #mail = new Set<ServiceEntry>();

  constructor(components: { readonly timers: Timers }) {
    this.#timers = components.timers;
  }

  /** From now on `look` follows each call. */
  listen(look: (woken: Woken) => void): void {
    this.#looks.add(look);
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#looks.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#take();
  }

  /** We came online, a storage node came or went. */
  all(): void {
    if (this.#soon()) this.#all = true;
  }

  /** The way to this friend changed. */
  friend(peer: PublicKey): void {
    if (this.#soon()) this.#friends.add(peer);
  }

  /** What an answer to this message says is dealt with. */
  message(entry: OutboxEntry): void {
    if (this.#soon()) this.#messages.add(entry);
  }

  /** A node or a friend has a place for the next that stands in line. */
  places(): void {
    this.#soon();
  }

  /** The same of service mail. */
  mail(entry: ServiceEntry): void {
    if (this.#soon()) this.#mail.add(entry);
  }

  /** Once the present events are through. False when nobody listens. */
  #soon(): boolean {
    if (this.#looks.size === 0) return false;
    this.#timer ??= this.#timers.after(0, () => {
      this.#timer = undefined;
      const woken = this.#take();
      for (const look of this.#looks) look(woken);
    });
    return true;
  }

  #take(): Woken {
    const woken = { all: this.#all, friends: this.#friends, messages: this.#messages, mail: this.#mail };
    this.#all = false;
    this.#friends = new PeerSet();
    this.#messages = new Set();
    this.#mail = new Set();
    return woken;
  }
}
