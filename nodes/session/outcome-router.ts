import type { Outcome } from '../../lib/index';

/** Outcomes kept for nodes that are not there (yet); beyond it the oldest are dropped. */
const MOST_KEPT = 1_000;

/** What send-async leaves with a message and gets back with each of its outcomes, also after a restart. */
export interface MessageContext {
  /** Id of the send-async node. */
  readonly node: string;
  /** Id and topic of the message that was sent: text by custom only. */
  readonly msgid?: unknown;
  readonly topic?: unknown;
}

export type OutcomeListener = (outcome: Outcome, context: MessageContext) => void;

/** Brings each outcome to the node that sent the message, or keeps it until that node is back from a redeploy. */
export class OutcomeRouter {
  readonly #listeners = new Map<string, OutcomeListener>();
  /** Removed from the flows: nobody comes back for what their messages come to. */
  readonly #removed = new Set<string>();
  #kept: Outcome[] = [];

  route(outcome: Outcome): void {
    const context = contextOf(outcome);
    if (context === undefined) return;
    const listener = this.#listeners.get(context.node);
    if (listener !== undefined) {
      listener(outcome, context);
    } else if (!this.#removed.has(context.node)) {
      this.#kept.push(outcome);
      if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    }
  }

  /** The node is there: it gets what was kept for it, then what comes. */
  register(node: string, listener: OutcomeListener): void {
    this.#listeners.set(node, listener);
    this.#removed.delete(node);
    const kept = this.#kept;
    this.#kept = [];
    for (const outcome of kept) this.route(outcome);
  }

  /** The node closes. When it is `removed`, nothing is kept for it, neither what there is nor what still comes. */
  unregister(node: string, removed: boolean): void {
    this.#listeners.delete(node);
    if (!removed) return;
    this.#removed.add(node);
    this.#kept = this.#kept.filter((outcome) => contextOf(outcome)?.node !== node);
  }
}

/** undefined for a message that no send-async node sent. */
function contextOf({ context }: Outcome): MessageContext | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const { node, msgid, topic } = context as Partial<Record<keyof MessageContext, unknown>>;
  if (typeof node !== 'string') return undefined;
  return { node, ...(msgid !== undefined && { msgid }), ...(topic !== undefined && { topic }) };
}
