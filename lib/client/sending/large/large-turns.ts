import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import { keyUseOf, type LargeRecord, urgentFirst } from '../../journal/outgoing/outbox-record';

/** Seconds after which a turn passes to another message that waits. */
const TURN = 24 * 60 * 60;
/** Heads of one friend's that are sealed at a time: only their messages take turns. */
const MOST_SEALED = 2;

export interface LargeTurnsComponents extends Pick<BaseComponents, 'store' | 'ages'> {
  readonly outbox: Pick<Outbox, 'note' | 'of' | 'settled'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor'>;
}

/**
 * Of the large messages for one friend, one is under way: storage nodes keep little more than one for a friend. While
 * another waits, it gives up its turn after a day, delivered to nodes or not, so that none waits behind one that nobody
 * fetches.
 */
export class LargeTurns {
  readonly #components: LargeTurnsComponents;

  constructor(components: LargeTurnsComponents) {
    this.#components = components;
  }

  /** Whether a message may go out now. One that is not large always may. */
  has(entry: OutboxEntry): boolean {
    if (entry.large === undefined) return true;
    return this.#holder(this.#largeOf(entry.friend))?.sequence === entry.sequence;
  }

  /**
   * Of one of so many chunks that is accepted now: it has its turn at once when there is no other, or in place of one
   * that leaves.
   */
  first(friend: PublicKey, chunks: number, leaving: readonly OutboxEntry[] = []): LargeRecord {
    const isFree =
      leaving.some((each) => each.large && this.has(each)) ||
      this.#largeOf(friend).every((each) => leaving.includes(each));
    return isFree ? { chunks, turnAt: this.#components.ages.now() } : { chunks };
  }

  /** Whether a turn is to be given to one for this friend. */
  isDue(friend: PublicKey): boolean {
    return this.#next(this.#largeOf(friend)) !== undefined;
  }

  /** Age at which the present turn may end by itself; Infinity when it waits for something else by then. */
  endsAt(friend: PublicKey): number {
    const end = (this.#holder(this.#largeOf(friend))?.large?.turnAt ?? -Infinity) + TURN;
    return end > this.#components.ages.now() ? end : Infinity;
  }

  /** In the friend's queue: gives the turn to whose it is; true when it changed. */
  async pass(friend: PublicKey): Promise<boolean> {
    const { outbox, store, ages } = this.#components;
    await outbox.settled();
    const next = this.#next(this.#largeOf(friend));
    if (next?.large === undefined) return false;
    const writes = store.batch();
    outbox.note(writes, next, { large: { ...next.large, turnAt: ages.now() } });
    await writes.commit();
    return true;
  }

  /** Who gets the turn now; undefined when it stays where it is. */
  #next(large: readonly OutboxEntry[]): OutboxEntry | undefined {
    const holder = this.#holder(large);
    if (holder === undefined) return urgentFirst(large)[0];
    if (this.#components.ages.now() - (holder.large?.turnAt ?? 0) < TURN) return undefined;
    const at = large.indexOf(holder);
    const others = urgentFirst([...large.slice(at + 1), ...large.slice(0, at)]);
    const sealed = large.filter((entry) => entry.sealed !== undefined).length;
    return others.find((entry) => {
      if (entry.sealed !== undefined) return true;
      return (
        sealed < MOST_SEALED && this.#components.forwardSecurity.hasKeyFor(entry.friend, keyUseOf(entry))
      );
    });
  }

  /** The one whose turn began last. */
  #holder(large: readonly OutboxEntry[]): OutboxEntry | undefined {
    let holder: OutboxEntry | undefined;
    for (const entry of large) {
      const turnAt = entry.large?.turnAt;
      if (turnAt !== undefined && turnAt >= (holder?.large?.turnAt ?? -Infinity)) holder = entry;
    }
    return holder;
  }

  /** In the order of acceptance. */
  #largeOf(friend: PublicKey): OutboxEntry[] {
    return this.#components.outbox.of(friend).filter(({ large }) => large !== undefined);
  }
}
