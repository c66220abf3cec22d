import { ToxAsyncError } from '../../../../lib/errors';
import type { IncidentOf } from './plans/plan';
import type { Copy, Lives, Moment } from '../lives';

/** How a message may end; a receipt that comes late turns `unconfirmed` into `delivered`. */
const ENDINGS = new Set(['delivered', 'unconfirmed', 'expired', 'cancelled', 'failed']);

/** By how much a wall clock that was set while a machine was down may age its messages, milliseconds. */
const CLOCK_SLACK_MS = 25 * 60_000;

interface Ending {
  readonly moment: Moment;
  readonly state: string;
  /** A cancelled one that left no process cannot arrive. */
  readonly mayArrive: boolean;
}

/** One message, and all that became of it. */
export interface Letter {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly lifetimeMs: number;
  readonly options: NonNullable<IncidentOf<'send'>['options']>;
  /** Milliseconds from the start, and by whom; undefined until it was accepted. */
  accepted: { readonly at: number; readonly moment: Moment } | undefined;
  /** In hexadecimal; known with its acceptance, or from the first that heard of it. */
  id: string | undefined;
  readonly handed: { readonly moment: Moment; readonly at: number }[];
  readonly endings: Ending[];
  /** When it was reported as overdue. */
  readonly overdue: Moment[];
  /** It was durable at its recipient, not handed over, and went with the directory. */
  lost: boolean;
}

/** What the ledger hears of a message that was handed over. */
export interface HandedOver {
  readonly text: string;
  readonly id: string;
  /** Whose message the recipient takes it for; undefined: nobody of this town. */
  readonly sender: number | undefined;
  readonly redelivered: boolean;
  /** Milliseconds from the start. */
  readonly at: number;
}

export const FAULTS = ['lost', 'doubled', 'wrong sender', 'wrong ending', 'vanished', 'other'] as const;
export type Fault = (typeof FAULTS)[number];
export interface Violation {
  readonly fault: Fault;
  readonly text: string;
}

/**
 * What an outsider writes down: which messages were accepted, handed over and reported, when, and in which directory's
 * life. It never crashes and sees nothing of the inside.
 */
export class TownLedger {
  readonly letters: Letter[] = [];
  readonly violations: Violation[] = [];
  readonly counts = { accepted: 0, refused: 0, handed: 0, redelivered: 0 };
  readonly #byId = new Map<string, Letter>();
  readonly #lives: Lives;

  constructor(lives: Lives) {
    this.#lives = lives;
  }

  /** Somebody wants to send it; whether it is accepted stays open if they die on the way. */
  ask(letter: Pick<Letter, 'from' | 'to' | 'bytes' | 'lifetimeMs' | 'options'>): {
    letter: Letter;
    text: string;
  } {
    const number = this.letters.length;
    const kept: Letter = {
      ...letter,
      number,
      accepted: undefined,
      id: undefined,
      handed: [],
      endings: [],
      overdue: [],
      lost: false,
    };
    this.letters.push(kept);
    return { letter: kept, text: `${number} `.padEnd(letter.bytes, '.') };
  }

  /** @param at milliseconds from the start */
  accept(letter: Letter, by: Copy, message: { id: string; at: number }): void {
    letter.accepted = { at: message.at, moment: this.#lives.now(by) };
    this.counts.accepted += 1;
    this.#learn(letter, message.id);
  }

  /** It was not accepted. A full outbox is an answer; anything else is a fault. */
  refuse(letter: Letter, error: unknown): void {
    this.counts.refused += 1;
    if (!ToxAsyncError.is(error, 'ErrOutboxFull'))
      this.#note('other', `${nameOf(letter)} was refused: ${String(error)}`);
  }

  handOver(by: Copy, to: number, { text, id, sender, redelivered, at }: HandedOver): void {
    const letter = this.letters[Number.parseInt(text, 10)];
    if (
      letter === undefined ||
      letter.to !== to ||
      text.length !== Math.max(letter.bytes, `${letter.number} `.length)
    )
      return this.#note('wrong sender', `${by.copy} got "${text.slice(0, 30)}", which was not for it`);
    if (letter.from !== sender)
      this.#note('wrong sender', `${nameOf(letter)} came to ${by.copy} as one from ${sender}`);
    this.#learn(letter, id);
    const now = this.#lives.now(by);
    for (const { moment } of letter.handed) {
      if (!now.lineage.remembers(moment)) continue;
      if (!redelivered) this.#note('doubled', `${nameOf(letter)} was handed over twice at ${by.copy}`);
      else if (moment.lineage === now.lineage && !this.#lives.hasCrashed(moment))
        this.#note('doubled', `${nameOf(letter)} was handed over again at ${by.copy} without a crash`);
    }
    if (letter.endings.some(({ state, mayArrive }) => state === 'cancelled' && !mayArrive))
      this.#note('wrong ending', `${nameOf(letter)} could no longer arrive, and did`);
    letter.handed.push({ moment: now, at });
    this.counts.handed += 1;
    if (redelivered) this.counts.redelivered += 1;
  }

  /** @param isDurable whether the recipient has it durably */
  outcome(
    by: Copy,
    outcome: { id: string; state: string; mayArrive: boolean; at: number },
    isDurable: (letter: Letter) => boolean,
  ): void {
    const { id, state, mayArrive, at } = outcome;
    const letter = this.#byId.get(id);
    // Accepted in a life that ended before its caller heard of it.
    if (letter === undefined) return;
    if (state === 'overdue') return this.#overdue(letter, by, at);
    if (!ENDINGS.has(state)) return;
    const now = this.#lives.now(by);
    if (state === 'failed') this.#note('wrong ending', `${nameOf(letter)} failed`);
    if (state === 'delivered' && letter.handed.length === 0 && !letter.lost && !isDurable(letter))
      this.#note('wrong ending', `${nameOf(letter)} was called delivered and is not there`);
    if (state === 'cancelled' && !mayArrive && letter.handed.length > 0)
      this.#note('wrong ending', `${nameOf(letter)} could not arrive any more, and had`);
    for (const earlier of letter.endings) {
      if (!now.lineage.remembers(earlier.moment)) continue;
      const isLate = earlier.state === 'unconfirmed' && state === 'delivered';
      const isRepeated = earlier.state === state && earlier.moment.run !== now.run;
      if (!isLate && !isRepeated)
        this.#note('wrong ending', `${nameOf(letter)} ended ${earlier.state}, then ${state}`);
    }
    letter.endings.push({ moment: now, state, mayArrive });
  }

  /** A directory is put away that had these received messages and did not hand them over. */
  lose(ids: Iterable<string>): void {
    for (const id of ids) {
      const letter = this.#byId.get(id);
      if (letter) letter.lost = true;
    }
  }

  note(fault: Fault, text: string): void {
    this.#note(fault, text);
  }

  #overdue(letter: Letter, by: Copy, at: number): void {
    const now = this.#lives.now(by);
    const { overdueAfter } = letter.options;
    const age = at - (letter.accepted?.at ?? at);
    // At the end of its life it is overdue in any case.
    const due = overdueAfter === undefined ? Infinity : Math.min(overdueAfter * 1000, letter.lifetimeMs);
    if (age + CLOCK_SLACK_MS < due)
      this.#note('wrong ending', `${nameOf(letter)} was called overdue after ${age} ms`);
    const known = (moments: readonly Moment[]) => moments.filter((each) => now.lineage.remembers(each));
    if (known(letter.overdue).some((each) => !this.#lives.hasCrashed(each)))
      this.#note('wrong ending', `${nameOf(letter)} was called overdue twice`);
    const delivered = letter.endings.filter(({ state }) => state === 'delivered');
    if (known(delivered.map(({ moment }) => moment)).length > 0)
      this.#note('wrong ending', `${nameOf(letter)} was called overdue after it was delivered`);
    letter.overdue.push(now);
  }

  #learn(letter: Letter, id: string): void {
    const other = this.#byId.get(id);
    if (other !== undefined && other !== letter)
      this.#note('other', `${nameOf(letter)} and ${nameOf(other)} have one id`);
    if (letter.id !== undefined && letter.id !== id) this.#note('other', `${nameOf(letter)} has two ids`);
    letter.id = id;
    this.#byId.set(id, letter);
  }

  #note(fault: Fault, text: string): void {
    this.violations.push({ fault, text });
  }
}

export function nameOf({ number, from, to }: Letter): string {
  return `message ${number} from ${from} to ${to}`;
}
