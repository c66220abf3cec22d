import { ByteSet } from '../../byte-map';
import type { Store, WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import { MEMORY_AFTER_LIFE } from '../client-limits';
import type { OwedReceipts } from './owed-receipts';
import type { OldTombstone, ReceiptState, Tombstones } from './tombstones';

/** Most that the messages of one friend make us keep: tombstones (on nedb, which has all in memory) and owed receipts. */
export const MAX_TOMBSTONES = 131_072;
export const MAX_TOMBSTONES_NEDB = 65_536;
export const MAX_OWED_RECEIPTS = 65_536;

/** Old ones that are looked up together: as many as messages share a batch. */
const TOGETHER = 64;

export interface FriendMemoryComponents {
  readonly store: Pick<Store, 'engine'>;
  readonly ages: { now(): number };
  readonly tombstones: Pick<Tombstones, 'countOf' | 'forget' | 'noteReceipt' | 'oldest'>;
  readonly receipts: Pick<OwedReceipts, 'countOf' | 'has' | 'drop'>;
}

export interface FriendMemoryInit {
  readonly tombstones?: number;
  readonly receipts?: number;
}

/**
 * Bounds what one friend's messages make us keep. When no room is left the tombstone goes whose receipt the friend
 * confirmed, then one whose message's life is over; among them the one whose life ends first. An owed receipt goes when
 * the life of its message is over, or when mail carried it.
 */
export class FriendMemory {
  readonly #components: FriendMemoryComponents;
  readonly #most: Required<FriendMemoryInit>;

  constructor(components: FriendMemoryComponents, init: FriendMemoryInit = {}) {
    this.#components = components;
    const tombstones = components.store.engine === 'nedb' ? MAX_TOMBSTONES_NEDB : MAX_TOMBSTONES;
    this.#most = { tombstones, receipts: MAX_OWED_RECEIPTS, ...init };
  }

  /** Makes room in this batch, which holds messages of this one friend. */
  turn(writes: WriteBatch, sender: PublicKey): MemoryTurn {
    return new MemoryTurn({ ...this.#components, writes, sender, most: this.#most });
  }
}

interface TurnParts extends FriendMemoryComponents {
  readonly writes: WriteBatch;
  readonly sender: PublicKey;
  readonly most: Required<FriendMemoryInit>;
}

/** The room that the messages of one batch take. */
export class MemoryTurn {
  readonly #parts: TurnParts;
  /** What this batch adds less what it forgets. */
  #tombstones = 0;
  #receipts = 0;
  /** Message ids that this batch has dealt with. */
  readonly #gone = new ByteSet();
  readonly #found = new Map<ReceiptState, OldTombstone[]>();

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /**
   * Room for a tombstone, and for a receipt that is not owed yet. False when there is none: the message has to stay
   * where it is.
   */
  takes({ owesReceipt }: { owesReceipt: boolean }): boolean {
    const { tombstones, receipts, sender, most, writes } = this.#parts;
    const full = tombstones.countOf(sender) + this.#tombstones >= most.tombstones;
    const old = full ? (this.#peek('settled') ?? this.#over('owed', 'mailed', 'dropped')) : undefined;
    if (full && old === undefined) return false;
    if (old !== undefined) this.#gone.add(old.messageId);
    const freed = old !== undefined && receipts.has(sender, old.messageId) ? 1 : 0;
    const owed = receipts.countOf(sender) + this.#receipts - freed;
    if (owesReceipt && owed >= most.receipts && !this.#dropReceipt()) return false;
    if (old !== undefined) {
      this.#drop(old);
      tombstones.forget(writes, sender, old);
      this.#tombstones -= 1;
    }
    this.#tombstones += 1;
    if (owesReceipt) this.#receipts += 1;
    return true;
  }

  /** The message stays known until its life is over, unless the friend confirmed it. */
  #dropReceipt(): boolean {
    const { tombstones, writes, sender } = this.#parts;
    for (let old; (old = this.#over('owed', 'mailed') ?? this.#peek('mailed'));) {
      this.#gone.add(old.messageId);
      const dropped = this.#drop(old);
      tombstones.noteReceipt(writes, sender, old.messageId, 'dropped');
      if (dropped) return true;
    }
    return false;
  }

  /** @returns whether a receipt was owed */
  #drop({ messageId }: OldTombstone): boolean {
    const { receipts, writes, sender } = this.#parts;
    if (!receipts.has(sender, messageId)) return false;
    receipts.drop(writes, sender, messageId);
    this.#receipts -= 1;
    return true;
  }

  /** One whose message's life is over. */
  #over(...states: ReceiptState[]): OldTombstone | undefined {
    const now = this.#parts.ages.now();
    const heads = states.map((state) => this.#peek(state)).filter((old) => old !== undefined);
    const [first] = heads.sort((a, b) => a.until - b.until);
    return first !== undefined && first.until - MEMORY_AFTER_LIFE <= now ? first : undefined;
  }

  /** The first that this batch has not dealt with. */
  #peek(state: ReceiptState): OldTombstone | undefined {
    const { tombstones, sender } = this.#parts;
    const found = this.#found.get(state) ?? tombstones.oldest(sender, state, TOGETHER);
    this.#found.set(state, found);
    while (found[0] !== undefined && this.#gone.has(found[0].messageId)) found.shift();
    return found[0];
  }
}
