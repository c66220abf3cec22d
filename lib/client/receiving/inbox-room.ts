import { PeerMap, PeerSet } from '../../peer-map';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { PublicKey } from '../../types';

export interface InboxRoomComponents {
  readonly inbox: { readonly size: number; countOf(sender: PublicKey): number };
  readonly space: Pick<DataDirectory['space'], 'hasRoom'>;
}

export interface InboxRoomInit {
  /** Most messages that wait in the inbox. */
  readonly most: number;
}

/**
 * Whether the inbox takes another message of a friend: while it has fewer in there than there are places free. One who
 * floods it gets half, and leaves half to the others; a friend with none there gets in while any place is free.
 */
export class InboxRoom {
  readonly #components: InboxRoomComponents;
  readonly #most: number;
  /** On their way into the inbox, by friend. */
  readonly #arriving = new PeerMap<number>();
  #allArriving = 0;
  /** Senders whose mail stayed where it was because there was no room for it here. */
  readonly #turnedAway = new PeerSet();
  #onRoom: () => void = () => undefined;

  constructor(components: InboxRoomComponents, init: InboxRoomInit) {
    this.#components = components;
    this.#most = init.most;
  }

  /** @param more messages of the same sender that will be there before it */
  takes(sender: PublicKey, more = 0): boolean {
    const { inbox, space } = this.#components;
    const own = inbox.countOf(sender) + (this.#arriving.get(sender) ?? 0) + more;
    const free = this.#most - inbox.size - this.#allArriving - more;
    return own < free && space.hasRoom();
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

  /** Mail of this friend stays where it is. */
  turnAway(sender: PublicKey): void {
    this.#turnedAway.add(sender);
  }

  /** The peer is no longer a friend. */
  forget(sender: PublicKey): void {
    this.#turnedAway.delete(sender);
  }

  /** Runs when there is room for one who was turned away. */
  listen(onRoom: () => void): void {
    this.#onRoom = onRoom;
  }

  /** There may be room again. */
  look(): void {
    if (![...this.#turnedAway].some((sender) => this.takes(sender))) return;
    this.#turnedAway.clear();
    this.#onRoom();
  }

  #count(sender: PublicKey, by: 1 | -1): void {
    const count = (this.#arriving.get(sender) ?? 0) + by;
    if (count === 0) this.#arriving.delete(sender);
    else this.#arriving.set(sender, count);
    this.#allArriving += by;
  }
}
