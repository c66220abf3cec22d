import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import { ISSUE_BUDGET, ISSUE_BUDGET_REFILL } from '../key-limits';

interface Budget {
  readonly keys: number;
  /** Age in seconds. */
  readonly at: number;
}

/**
 * How many keys a peer may cost us: each takes computing, and writes to the disk. A key that it uses is given back, so
 * this slows down nobody who sends; it stops a peer who says again and again that it holds none.
 */
export class IssueBudget {
  readonly #ages: { now(): number };
  readonly #budgets = new PeerMap<Budget>();

  constructor(ages: { now(): number }) {
    this.#ages = ages;
  }

  allows(peer: PublicKey, count: number): boolean {
    return this.#left(peer) >= count;
  }

  /** The age from which so many are allowed unless more are spent; Infinity: never so many at once. */
  allowsAt(peer: PublicKey, count: number): number {
    if (count > ISSUE_BUDGET) return Infinity;
    const missing = count - this.#left(peer);
    return this.#ages.now() + Math.max(0, Math.ceil((missing / ISSUE_BUDGET) * ISSUE_BUDGET_REFILL));
  }

  spend(peer: PublicKey, count: number): void {
    this.#set(peer, this.#left(peer) - count);
  }

  giveBack(peer: PublicKey, count: number): void {
    this.#set(peer, this.#left(peer) + count);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#budgets.delete(peer);
  }

  #left(peer: PublicKey): number {
    const budget = this.#budgets.get(peer);
    if (budget === undefined) return ISSUE_BUDGET;
    const refilled = ((this.#ages.now() - budget.at) / ISSUE_BUDGET_REFILL) * ISSUE_BUDGET;
    return Math.min(ISSUE_BUDGET, budget.keys + refilled);
  }

  #set(peer: PublicKey, keys: number): void {
    this.#budgets.set(peer, { keys: Math.max(0, keys), at: this.#ages.now() });
  }
}
