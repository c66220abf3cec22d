import type { Lineage, Lives, Moment } from './lives';

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
  readonly #handed = new Map<string, Moment[]>();
  readonly #ended = new Map<string, Moment[]>();
  /** Ids of messages that were received, not handed over, and then lost with the directory. */
  readonly #lost = new Set<string>();

  constructor(private readonly lives: Lives) {}

  accepted(text: string, message: { from: string; to: string; id: string }): void {
    this.sent.set(text, { ...message, accepted: this.lives.now(message.from) });
  }

  handed(by: string, message: { text: string; id: string; redelivered: boolean }): void {
    const { text, id, redelivered } = message;
    const now = this.lives.now(by);
    const sent = this.sent.get(text);
    if (sent?.to !== by || sent.id !== id) this.violations.push(`"${text}" came to ${by} as ${id}`);
    const earlier = this.#handed.get(text) ?? [];
    for (const moment of earlier.filter((each) => now.lineage.remembers(each))) {
      if (!redelivered) this.violations.push(`"${text}" was handed over twice`);
      if (!this.lives.hasCrashed(moment))
        this.violations.push(`"${text}" was handed over again without a crash`);
    }
    this.#handed.set(text, [...earlier, now]);
  }

  outcome(by: string, id: string, state: string): void {
    if (!FINAL.has(state)) return;
    const now = this.lives.now(by);
    if (state !== 'delivered') this.violations.push(`${id} ended ${state}`);
    const earlier = this.#ended.get(id) ?? [];
    if (earlier.some(({ run }) => run === now.run)) this.violations.push(`${id} ended twice in one run`);
    this.#ended.set(id, [...earlier, now]);
  }

  /** A directory is put away for an older copy, which does not have these received messages. */
  lost(ids: Iterable<string>): void {
    for (const id of ids) this.#lost.add(id);
  }

  /** @param living the directories of a device that are still in use @returns promises that are not kept yet */
  open(living: (device: string) => readonly Lineage[]): string[] {
    return [...this.sent].flatMap(([text, { from, id, accepted }]) => {
      const arrived = this.#handed.has(text) || this.#lost.has(id);
      const told = this.#ended.has(id);
      if (told && !arrived) return [`the sender was told that "${text}" was delivered, and it was not`];
      if (!living(from).some((lineage) => lineage.remembers(accepted))) return [];
      if (!arrived) return [`"${text}" was accepted and never handed over`];
      return told ? [] : [`"${text}" arrived and its sender was not told`];
    });
  }
}
