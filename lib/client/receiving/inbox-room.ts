import { toHex } from '../../bytes';
import type { PublicKey } from '../../types';

export interface InboxRoomParts {
  readonly inbox: { readonly size: number; countOf(sender: PublicKey): number };
  /** False while nothing new may be taken at all. */
  readonly mayTake: () => boolean;
  /** Most messages that wait in the inbox. */
  readonly most: number;
}

/**
 * Whether the inbox takes another message of a friend: while it has fewer in there than there are places free. One who
 * floods it gets half, and leaves half to the others; whoever has none there gets in while any place is free.
 */
export class InboxRoom {
  readonly #o: InboxRoomParts;
  /** On their way into the inbox, by friend. */
  readonly #arriving = new Map<string, number>();
  #allArriving = 0;

  constructor(parts: InboxRoomParts) {
    this.#o = parts;
  }

  /** @param more messages of the same sender that will be there before it */
  takes(sender: PublicKey, more = 0): boolean {
    const { inbox, mayTake, most } = this.#o;
    const own = inbox.countOf(sender) + (this.#arriving.get(toHex(sender)) ?? 0) + more;
    const free = most - inbox.size - this.#allArriving - more;
    return own < free && mayTake();
  }

  /** Keeps a place for one message while `place` puts it into the inbox. */
  async keepFor(sender: PublicKey, place: () => Promise<void>): Promise<void> {
    this.#count(sender, 1);
    try {
      await place();
    } finally {
      this.#count(sender, -1);
    }
  }

  #count(sender: PublicKey, by: 1 | -1): void {
    const hex = toHex(sender);
    const count = (this.#arriving.get(hex) ?? 0) + by;
    if (count === 0) this.#arriving.delete(hex);
    else this.#arriving.set(hex, count);
    this.#allArriving += by;
  }
}
