import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import { PeerSet } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { isOverdue, reachedNodes } from '../journal/outgoing/outbox-record';
import type { OutcomeJournal } from '../journal/outgoing/outcome-journal';
import type { QueuedReasons } from './queued-reasons';

/** What the disk refused is tried again after this, seconds. */
const TELL_AGAIN = 5;

export interface OverdueComponents extends Pick<BaseComponents, 'store' | 'ages'> {
  readonly outbox: Pick<Outbox, 'has' | 'note' | 'of' | 'settled'>;
  readonly outcomes: Pick<OutcomeJournal, 'overdue'>;
  readonly reasons: Pick<QueuedReasons, 'of'>;
  readonly queues: KeyedQueue;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

export interface OverdueInit {
  /** Copies wanted of each message. */
  readonly wanted: number;
}

/** Reports messages that have no receipt by the time that their sender gave them. They go on as they did. */
export class Overdue {
  readonly #components: OverdueComponents;
  readonly #wanted: number;
  readonly #telling = new PeerSet();

  constructor(components: OverdueComponents, init: OverdueInit) {
    this.#components = components;
    this.#wanted = init.wanted;
  }

  /** @returns the age at which the message is to be looked at again; Infinity: it makes no difference */
  look(entry: OutboxEntry): number {
    const { queues, ages, hooks } = this.#components;
    const { friend, overdue } = entry;
    if (overdue === undefined || overdue.isTold) return Infinity;
    if (overdue.at > ages.now()) return overdue.at;
    if (!this.#telling.has(friend)) {
      this.#telling.add(friend);
      queues
        .run(friend, () => this.#tell(friend))
        .catch((error: unknown) => hooks.onError(error))
        .finally(() => this.#telling.delete(friend));
    }
    return ages.now() + TELL_AGAIN;
  }

  async #tell(friend: PublicKey): Promise<void> {
    const { outbox, outcomes, reasons, store, ages } = this.#components;
    await outbox.settled();
    const writes = store.batch();
    const due = outbox.of(friend).filter((entry) => outbox.has(entry) && isOverdue(entry, ages.now()));
    for (const entry of due) {
      if (entry.overdue === undefined) continue;
      outbox.note(writes, entry, { overdue: { ...entry.overdue, isTold: true } });
      const nodes = reachedNodes(entry, this.#wanted);
      outcomes.overdue(writes, entry, { ...reasons.of(entry), nodes, wanted: this.#wanted });
    }
    if (due.length > 0) await writes.commit();
  }
}
