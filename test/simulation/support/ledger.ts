import type { Copy, Lineage, Lives, Moment } from './lives';

const FINAL = new Set(['delivered', 'failed', 'expired', 'unconfirmed']);

export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly id: string;
  readonly accepted: Moment;
}

/**
 * What was accepted, handed over and reported, and in which directory's life. A restored or cloned directory may
 * forget what came after its copy, and nothing else. Texts are unique; ids are hexadecimal.
 */
export class Ledger {
  readonly violations: string[] = [];
  readonly sent = new Map<string, Sent>();
  readonly #textOf = new Map<string, string>();
  readonly #handed = new Map<string, Moment[]>();
  readonly #ended = new Map<string, Moment[]>();
  /** Ids of messages that were received, not handed over, and then lost with the directory. */
  readonly #lost = new Set<string>();

  constructor(private readonly lives: Lives) {}

  accepted(text: string, message: { from: Copy; to: string; id: string }): void {
    const { from, to, id } = message;
    this.sent.set(text, { from: from.name, to, id, accepted: this.lives.now(from) });
    this.#textOf.set(id, text);
  }

  handed(by: Copy, message: { text: string; id: string; redelivered: boolean }): void {
    const { text, id, redelivered } = message;
    const now = this.lives.now(by);
    const sent = this.sent.get(text);
    if (sent?.to !== by.name || sent.id !== id) this.violations.push(`"${text}" came to ${by.copy} as ${id}`);
    const earlier = this.#handed.get(text) ?? [];
    for (const moment of earlier.filter((each) => now.lineage.remembers(each))) {
      if (!redelivered) this.violations.push(`"${text}" was handed over twice`);
      if (!this.lives.hasCrashed(moment))
        this.violations.push(`"${text}" was handed over again without a crash`);
    }
    this.#handed.set(text, [...earlier, now]);
  }

  /** @param waits whether a message waits in an inbox of its recipient */
  outcome(by: Copy, outcome: { id: string; state: string }, waits: (sent: Sent) => boolean): void {
    const { id, state } = outcome;
    if (!FINAL.has(state)) return;
    const now = this.lives.now(by);
    const text = this.#textOf.get(id) ?? id;
    const sent = this.sent.get(text);
    if (state !== 'delivered') this.violations.push(`"${text}" ended ${state}`);
    else if (sent === undefined || !(this.#arrived(text, sent) || waits(sent)))
      this.violations.push(`${by.copy} heard that "${text}" was delivered, and it was not`);
    const earlier = this.#ended.get(id) ?? [];
    if (earlier.some(({ run }) => run === now.run)) this.violations.push(`"${text}" ended twice in one run`);
    this.#ended.set(id, [...earlier, now]);
  }

  /** A directory is put away for an older copy, which does not have these received messages. */
  lost(ids: Iterable<string>): void {
    for (const id of ids) this.#lost.add(id);
  }

  /** @param living the directories of an identity that are still in use @returns promises that are not kept yet */
  open(living: (name: string) => readonly Lineage[]): string[] {
    return [...this.sent].flatMap(([text, sent]) => {
      if (!living(sent.from).some((lineage) => lineage.remembers(sent.accepted))) return [];
      if (!this.#arrived(text, sent)) return [`"${text}" was accepted and never handed over`];
      return this.#ended.has(sent.id) ? [] : [`"${text}" arrived and its sender did not hear of it`];
    });
  }

  #arrived(text: string, { id }: Sent): boolean {
    return this.#handed.has(text) || this.#lost.has(id);
  }
}
