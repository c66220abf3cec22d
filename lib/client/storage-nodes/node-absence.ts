import { PeerMap } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { PublicKey } from '../../types';

/** A node that has been away this long counts as gone, milliseconds. */
const GONE_AFTER = 3_600_000;
/** After our own return no node counts as gone for this long, milliseconds: they come back one after the other. */
const GRACE = 60_000;

/**
 * How long nodes have been away, as far as we were online ourselves to see it. Without that a node's absence and our
 * own look the same, and a sender who was offline for two hours would deposit all its mail again.
 */
export class NodeAbsence {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Milliseconds that we have been online in this process, at which each node was last seen. */
  readonly #seen = new PeerMap<number>();
  /** Milliseconds that we were online before the time that runs now. */
  #before = 0;
  /** Monotonic milliseconds; undefined: we are offline. */
  #since: number | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** We came online, or went offline. */
  noteOnline(online: boolean): void {
    if (online === (this.#since !== undefined)) return;
    this.#before += this.#current();
    this.#since = online ? this.#clock.monotonic() : undefined;
  }

  /** There is a session with this node, or was one until now. */
  noteSeen(node: PublicKey): void {
    this.#seen.set(node, this.#before + this.#current());
  }

  /** Whether a node without a session has been away for so long that its copies no longer count. */
  isGone(node: PublicKey): boolean {
    const current = this.#current();
    // One that did not come since this process began is away since then.
    return current >= GRACE && this.#before + current - (this.#seen.get(node) ?? 0) > GONE_AFTER;
  }

  /**
   * Monotonic milliseconds from which a node without a session will count as gone if it stays away; Infinity while we
   * are offline ourselves.
   */
  goneAt(node: PublicKey): number {
    if (this.#since === undefined) return Infinity;
    const left = GONE_AFTER - (this.#before - (this.#seen.get(node) ?? 0));
    return this.#since + Math.max(GRACE, left + 1);
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.#seen.delete(node);
  }

  /** Milliseconds since we came online; 0 while we are offline. */
  #current(): number {
    return this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since;
  }
}
