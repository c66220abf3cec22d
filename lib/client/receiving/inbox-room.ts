import { PeerMap } from '../../peer-map';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { PublicKey } from '../../types';
import { differenceOf, type Load, NO_LOAD, sumOf } from '../journal/load';

/** What holds messages or keeps room for them. Without a sender: of all. */
interface Holder {
  load(sender?: PublicKey): Load;
}

export interface InboxRoomComponents {
  readonly inbox: Holder;
  /** Large messages that are not complete: each keeps the room that it will take. */
  readonly assemblies: Holder;
  readonly space: Pick<DataDirectory['space'], 'hasRoom'>;
}

/** Most that the inbox holds. */
export type InboxRoomInit = Load;

/**
 * Whether the inbox takes another message of a friend: while it has fewer messages in there than there are places free,
 * and not more bytes with the new one than are free without it. One who floods it gets half, and leaves half to the
 * others; whoever has none there gets in while there is any room.
 */
export class InboxRoom {
  readonly #components: InboxRoomComponents;
  readonly #most: Load;
  /** On their way into the inbox, by friend. */
  readonly #arriving = new PeerMap<Load>();
  /** Senders whose mail stayed where it was because there was no room for it here, and the least that one of them takes. */
  readonly #turnedAway = new PeerMap<number>();
  #onRoom: () => void = () => undefined;

  constructor(components: InboxRoomComponents, init: InboxRoomInit) {
    this.#components = components;
    this.#most = init;
  }

  /**
   * @param bytes of the message
   * @param change what the same sender will have there before it, less what it will have no more
   */
  takes(sender: PublicKey, bytes: number, change = NO_LOAD): boolean {
    const { inbox, assemblies } = this.#components;
    const all = sumOf(inbox.load(), assemblies.load(), ...this.#arriving.values(), change);
    const arriving = this.#arriving.get(sender) ?? NO_LOAD;
    const own = sumOf(inbox.load(sender), assemblies.load(sender), arriving, change);
    const free = differenceOf(this.#most, all);
    return own.messages < free.messages && own.bytes + bytes <= free.bytes && this.hasSpace();
  }

  /** On the disk. */
  hasSpace(): boolean {
    return this.#components.space.hasRoom();
  }

  /** Keeps room for one message while `place` puts it into the inbox. */
  async keepFor(sender: PublicKey, bytes: number, place: () => Promise<void>): Promise<void> {
    const load = { messages: 1, bytes };
    this.#arriving.set(sender, sumOf(this.#arriving.get(sender) ?? NO_LOAD, load));
    try {
      await place();
    } finally {
      const left = differenceOf(this.#arriving.get(sender) ?? load, load);
      if (left.messages === 0) this.#arriving.delete(sender);
      else this.#arriving.set(sender, left);
    }
  }

  /** Mail of this friend stays where it is. @param bytes of it, where that is known */
  turnAway(sender: PublicKey, bytes = 0): void {
    this.#turnedAway.set(sender, Math.min(bytes, this.#turnedAway.get(sender) ?? bytes));
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
    if (![...this.#turnedAway].some(([sender, bytes]) => this.takes(sender, bytes))) return;
    this.#turnedAway.clear();
    this.#onRoom();
  }
}
