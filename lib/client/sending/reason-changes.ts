import type { Clock } from '../../platform/clock';
import type { OutboxEntry } from '../journal/outgoing/outbox';
import type { OutcomeJournal } from '../journal/outgoing/outcome-journal';
import { isStored, type QueuedReasons, type Waiting } from './queued-reasons';

/** That a message is on its way is only told when it has been for so long, milliseconds: mostly its end comes first. */
const ON_ITS_WAY = 10_000;

interface Told {
  /** As a word; '' for none. */
  word: string;
  /** Monotonic milliseconds since which it waits for nothing. */
  freeSince: number | undefined;
}

export interface ReasonChangesComponents {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly reasons: Pick<QueuedReasons, 'of'>;
  readonly outcomes: Pick<OutcomeJournal, 'queued'>;
}

export interface ReasonChangesInit {
  /** Copies of each message. */
  readonly wanted: number;
}

/**
 * Reports what a waiting message waits for whenever that changes. What was told before a restart is not known any more:
 * then only what changes from there on is told.
 */
export class ReasonChanges {
  readonly #components: ReasonChangesComponents;
  readonly #wanted: number;
  readonly #told = new WeakMap<OutboxEntry, Told>();

  constructor(components: ReasonChangesComponents, init: ReasonChangesInit) {
    this.#components = components;
    this.#wanted = init.wanted;
  }

  /** The receipt of its acceptance says this. */
  noteTold(entry: OutboxEntry, waiting: Waiting | undefined): void {
    this.#told.set(entry, { word: wordOf(waiting), freeSince: undefined });
  }

  /**
   * Something happened that concerns the message.
   * @returns monotonic milliseconds at which it is to be looked at again; Infinity: when something happens
   */
  look(entry: OutboxEntry): number {
    const { clock, reasons, outcomes } = this.#components;
    // That it is stored was told, and counts for more.
    if (isStored(entry)) {
      this.noteTold(entry, undefined);
      return Infinity;
    }
    const waiting = reasons.of(entry);
    const told = this.#told.get(entry);
    if (told === undefined) {
      this.noteTold(entry, waiting);
      return Infinity;
    }
    if (wordOf(waiting) === told.word) {
      told.freeSince = undefined;
      return Infinity;
    }
    if (waiting === undefined) {
      told.freeSince ??= clock.monotonic();
      const due = told.freeSince + ON_ITS_WAY;
      if (clock.monotonic() < due) return due;
    }
    this.noteTold(entry, waiting);
    outcomes.queued(entry, { ...waiting, wanted: this.#wanted });
    return Infinity;
  }
}

function wordOf(waiting: Waiting | undefined): string {
  return waiting === undefined ? '' : [waiting.reason, waiting.code].join(' ');
}
