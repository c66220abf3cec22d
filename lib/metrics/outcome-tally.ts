import type { Outcome } from '../client/messages';

/** Counts what became of messages since the session was opened. */
export class OutcomeTally {
  readonly #outcomes = new Map<string, number>();

  /** By the outcome's state, or for `failed` and the reason `refused` by its code as well: `failed lost`. */
  get outcomes(): ReadonlyMap<string, number> {
    return this.#outcomes;
  }

  note({ state, code }: Pick<Outcome, 'state' | 'code'>): void {
    const word = code === undefined ? state : `${state} ${code}`;
    this.#outcomes.set(word, (this.#outcomes.get(word) ?? 0) + 1);
  }
}
