const FINAL = new Set(['delivered', 'failed', 'expired', 'unconfirmed']);

interface Sent {
  readonly to: string;
  accepted: boolean;
  id: string | undefined;
}

/**
 * What an outsider knows: which messages were accepted, handed over and reported, and in which run of the program.
 * It never crashes, and it checks the promises as it goes. Texts are unique; ids are hexadecimal.
 */
export class Ledger {
  readonly violations: string[] = [];
  readonly #sent = new Map<string, Sent>();
  readonly #handed = new Map<string, { run: number; by: string; times: number }>();
  readonly #textOf = new Map<string, string>();
  readonly #ended = new Map<string, { run: number; state: string }>();
  /** Runs in which messages were last called overdue. */
  readonly #overdueIn = new Map<string, number>();

  /** `sendAsyncMessage` was called; whether it is accepted stays open if the caller dies. */
  asked(text: string, to: string): void {
    this.#sent.set(text, { to, accepted: false, id: undefined });
  }

  /** It resolved. */
  accepted(text: string, id: string): void {
    const sent = this.#sent.get(text);
    if (sent === undefined) return this.#violated(`${text} was accepted and never sent`);
    sent.accepted = true;
    sent.id = id;
    this.#learn(text, id);
  }

  handed(by: string, run: number, message: { text: string; id: string; redelivered: boolean }): void {
    const { text, id, redelivered } = message;
    const sent = this.#sent.get(text);
    if (sent === undefined || sent.to !== by)
      return this.#violated(`${by} got "${text}", which was not for it`);
    this.#learn(text, id);
    const before = this.#handed.get(text);
    if (before !== undefined && !redelivered) this.#violated(`"${text}" was handed over twice`);
    if (before?.run === run) this.#violated(`"${text}" was handed over twice in one run`);
    this.#handed.set(text, { run, by, times: (before?.times ?? 0) + 1 });
  }

  outcome(run: number, id: string, state: string): void {
    if (state === 'overdue') return this.#overdue(run, id);
    if (!FINAL.has(state)) return;
    if (state !== 'delivered') this.#violated(`${this.#name(id)} ended ${state}`);
    const before = this.#ended.get(id);
    if (before?.run === run) this.#violated(`${this.#name(id)} ended twice in one run`);
    if (before !== undefined && before.state !== state) this.#violated(`${this.#name(id)} ended in two ways`);
    this.#ended.set(id, { run, state });
  }

  #overdue(run: number, id: string): void {
    if (this.#ended.get(id)?.run === run) this.#violated(`${this.#name(id)} was overdue after its end`);
    if (this.#overdueIn.get(id) === run) this.#violated(`${this.#name(id)} was overdue twice in one run`);
    this.#overdueIn.set(id, run);
  }

  /** Accepted messages that were not handed over, or whose sender did not hear of it. */
  get open(): string[] {
    return [...this.#sent].flatMap(([text, { accepted, id }]) => {
      if (!accepted) return [];
      if (!this.#handed.has(text)) return [`"${text}" was accepted and never handed over`];
      return id !== undefined && this.#ended.has(id)
        ? []
        : [`"${text}" arrived and its sender did not hear of it`];
    });
  }

  get counts(): { accepted: number; redelivered: number; overdue: number } {
    return {
      overdue: this.#overdueIn.size,
      accepted: [...this.#sent.values()].filter(({ accepted }) => accepted).length,
      redelivered: [...this.#handed.values()].filter(({ times }) => times > 1).length,
    };
  }

  #learn(text: string, id: string): void {
    const known = this.#textOf.get(id);
    if (known !== undefined && known !== text) this.#violated(`"${text}" and "${known}" have one id`);
    this.#textOf.set(id, text);
    const sent = this.#sent.get(text);
    if (sent === undefined) return;
    if (sent.id !== undefined && sent.id !== id) this.#violated(`"${text}" has two ids`);
    sent.id = id;
  }

  #name(id: string): string {
    return `"${this.#textOf.get(id) ?? id}"`;
  }

  #violated(text: string): void {
    this.violations.push(text);
  }
}
