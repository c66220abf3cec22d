import { inspect } from 'node:util';
import { copyOf, sameBytes } from '../bytes';
import { HiddenKeyPair } from '../crypto/hidden-key-pair';
import { ToxAsyncError } from '../errors';
import { SerialQueue } from '../platform/queues/serial-queue';
import type { KeyPair } from '../types';
import { formatToxId } from './tox-id';
import {
  type FoundFriend,
  type NamedFriend,
  parseProfile,
  serialiseProfile,
  type ToxProfile,
  withFriends,
} from './tox-profile';

/** Who this session is: its keys and Tox profile. Never shows the secret key in JSON or in logs. */
export class Identity {
  readonly #keyPair: KeyPair;
  readonly #write: (profile: ToxProfile) => Promise<void>;
  readonly #writes = new SerialQueue();
  #profile: ToxProfile;

  /** @param write makes a profile durable, all of it or nothing */
  constructor(profile: ToxProfile, write: (profile: ToxProfile) => Promise<void>) {
    const { publicKey, secretKey } = profile.keyPair;
    this.#keyPair = new HiddenKeyPair(copyOf(publicKey), copyOf(secretKey));
    this.#profile = profile;
    this.#write = write;
  }

  get keyPair(): KeyPair {
    return this.#keyPair;
  }

  /** 4 bytes. */
  get nospam(): Uint8Array {
    return this.#profile.nospam;
  }

  /** 76 digits, for friends to add. */
  get toxId(): string {
    return formatToxId(this.#keyPair.publicKey, this.nospam);
  }

  /** The friends in the profile, under whatever names it has for them. */
  friends(): FoundFriend[] {
    return this.#profile.friends.map(({ record: _record, ...friend }) => friend);
  }

  /**
   * Makes these the friends in the profile; durable when it resolves.
   * @throws ErrStore, ErrLocalStorageFull
   */
  saveFriends(friends: readonly NamedFriend[]): Promise<void> {
    return this.#change((profile) => withFriends(profile, friends));
  }

  /** The profile as bytes that any Tox client reads. Holds the secret key. */
  savedata(): Uint8Array {
    return serialiseProfile(this.#profile);
  }

  /**
   * Replaces the profile with what libtoxcore made of it; durable when it resolves.
   * @throws ErrMalformed, ErrIdentityMismatch (other keys), ErrStore, ErrLocalStorageFull
   */
  saveSavedata(savedata: Uint8Array): Promise<void> {
    return this.#change(() => {
      const profile = parseProfile(savedata);
      const { publicKey, secretKey } = profile.keyPair;
      if (!sameBytes(publicKey, this.#keyPair.publicKey) || !sameBytes(secretKey, this.#keyPair.secretKey)) {
        throw new ToxAsyncError(
          'ErrIdentityMismatch',
          'The Tox library returned the profile of another identity, which was not saved. Restart the session.',
        );
      }
      return profile;
    });
  }

  toJSON(): object {
    return { toxId: this.toxId };
  }

  [inspect.custom](): string {
    return `Identity ${this.toxId}`;
  }

  #change(make: (profile: ToxProfile) => ToxProfile): Promise<void> {
    return this.#writes.run(async () => {
      const profile = make(this.#profile);
      if (sameBytes(serialiseProfile(profile), this.savedata())) return;
      await this.#write(profile);
      this.#profile = profile;
    });
  }
}
