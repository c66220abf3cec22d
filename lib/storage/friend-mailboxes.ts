import { toHex } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { mailboxOf } from '../protocol/names';
import type { PublicKey } from '../types';

/** Whose mailbox is whose: a mailbox is a hash, so it leads back to a friend only through this list. */
export class FriendMailboxes {
  readonly #crypto: CryptoProvider;
  #byMailbox = new Map<string, PublicKey>();
  #byFriend = new Map<string, Uint8Array>();

  constructor(crypto: CryptoProvider, friends: Iterable<PublicKey>) {
    this.#crypto = crypto;
    this.replace(friends);
  }

  get count(): number {
    return this.#byFriend.size;
  }

  has(friend: PublicKey): boolean {
    return this.#byFriend.has(toHex(friend));
  }

  /** From now on these are the friends. */
  replace(friends: Iterable<PublicKey>): void {
    const byFriend = new Map<string, Uint8Array>();
    const byMailbox = new Map<string, PublicKey>();
    for (const friend of friends) {
      const mailbox = this.mailboxOf(friend);
      byFriend.set(toHex(friend), mailbox);
      byMailbox.set(toHex(mailbox), friend);
    }
    this.#byFriend = byFriend;
    this.#byMailbox = byMailbox;
  }

  /** Of anybody. */
  mailboxOf(publicKey: PublicKey): Uint8Array {
    return this.#byFriend.get(toHex(publicKey)) ?? mailboxOf(this.#crypto, publicKey);
  }

  friendOf(mailbox: Uint8Array): PublicKey | undefined {
    return this.#byMailbox.get(toHex(mailbox));
  }
}
