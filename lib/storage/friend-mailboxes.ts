import { ByteMap } from '../byte-map';
import type { CryptoProvider } from '../crypto/provider';
import { PeerMap } from '../peer-map';
import { mailboxOf } from '../protocol/names';
import type { PublicKey } from '../types';

/** Whose mailbox is whose: a mailbox is a hash, so it leads back to a friend only through this list. */
export class FriendMailboxes {
  readonly #crypto: CryptoProvider;
  #byMailbox = new ByteMap<PublicKey>();
  #byFriend = new PeerMap<Uint8Array>();

  constructor(crypto: CryptoProvider, friends: Iterable<PublicKey>) {
    this.#crypto = crypto;
    this.replace(friends);
  }

  get count(): number {
    return this.#byFriend.size;
  }

  has(friend: PublicKey): boolean {
    return this.#byFriend.has(friend);
  }

  /** From now on these are the friends. */
  replace(friends: Iterable<PublicKey>): void {
    const byFriend = new PeerMap<Uint8Array>();
    const byMailbox = new ByteMap<PublicKey>();
    for (const friend of friends) {
      const mailbox = this.mailboxOf(friend);
      byFriend.set(friend, mailbox);
      byMailbox.set(mailbox, friend);
    }
    this.#byFriend = byFriend;
    this.#byMailbox = byMailbox;
  }

  /** Of anybody. */
  mailboxOf(publicKey: PublicKey): Uint8Array {
    return this.#byFriend.get(publicKey) ?? mailboxOf(this.#crypto, publicKey);
  }

  friendOf(mailbox: Uint8Array): PublicKey | undefined {
    return this.#byMailbox.get(mailbox);
  }
}
