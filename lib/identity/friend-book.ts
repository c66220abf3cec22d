import { compareBytes, copyOf, sameBytes } from '../bytes';
import { checkPublicKey, isAcceptablePublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import { PeerMap } from '../peer-map';
import { SerialQueue } from '../platform/queues/serial-queue';
import type { Store, WriteBatch } from '../store/store';
import { Table } from '../store/table';
import { type Logger, type PublicKey, silentLogger } from '../types';
import { checkFriendName, sameName, usableName } from './friend-name';
import { readFriendKey } from './friend-text';
import { MAX_NAME_BYTES } from './profile-friend';
import { shortKey } from './short-key';
import type { NamedFriend } from './tox-profile';

/** Most names that an error lists. */
const NAMES_IN_ERROR = 10;

interface FriendRecord {
  readonly name?: string;
  /** The user lets this friend have ordinary messages although it once spoke the extension. */
  readonly allowsPlain?: true;
}

/** The friends of a session and our names for them, durable in the store. Two friends may have one name. */
export class FriendBook {
  readonly #self: PublicKey;
  readonly #store: Store;
  readonly #table: Table<FriendRecord>;
  readonly #friends = new PeerMap<NamedFriend & FriendRecord>();
  readonly #writes = new SerialQueue();

  /** @param options.self our own public key, which is nobody's friend */
  static open(options: { store: Store; self: PublicKey; log?: Logger }): Promise<FriendBook> {
    return Promise.resolve(new FriendBook(options.store, options.self, options.log ?? silentLogger));
  }

  private constructor(store: Store, self: PublicKey, log: Logger) {
    this.#self = self;
    this.#store = store;
    this.#table = new Table(store, 'friend');
    for (const { rest, record: found } of this.#table.soundEntries()) {
      if (!isAcceptablePublicKey(rest)) {
        log.warn(
          'A friend in the store has a key that cannot be used and was left out. Add the friend again.',
        );
        continue;
      }
      const record = found ?? { name: '' };
      const usable = typeof record.name === 'string' ? usableName(record.name) : undefined;
      if (record.name !== undefined && usable === undefined) {
        log.warn(
          `The name of the friend ${shortKey(rest)} in the store cannot be used. Give this friend a name.`,
        );
      }
      const plain = record.allowsPlain === true ? { allowsPlain: true as const } : {};
      this.#hold(rest, usable === undefined ? plain : { name: usable, ...plain });
    }
  }

  /** By name, those without one last. */
  list(): NamedFriend[] {
    return [...this.#friends.values()].sort(byName);
  }

  has(publicKey: PublicKey): boolean {
    return this.#friends.has(publicKey);
  }

  nameOf(publicKey: PublicKey): string | undefined {
    return this.#friends.get(publicKey)?.name;
  }

  /**
   * Adds a friend, or renames one; without a name a known friend keeps the one it has.
   * @param name 1..128 bytes of UTF-8 that don't read as a key or Tox ID; spaces around it are dropped
   * @throws ErrInvalidKey, ErrInvalidRecipient (our own key), ErrInvalidArgument (the name), ErrStore,
   *   ErrLocalStorageFull
   */
  async add(publicKey: PublicKey, name?: string): Promise<void> {
    checkPublicKey(publicKey, 'The key of the friend');
    this.#assertNotSelf(publicKey);
    const wanted = name === undefined ? undefined : checkFriendName(name);
    await this.#writes.run(async () => {
      if (this.has(publicKey) && (wanted === undefined || wanted === this.nameOf(publicKey))) return;
      const plain = this.allowsPlain(publicKey) ? { allowsPlain: true as const } : {};
      await this.#write(publicKey, wanted === undefined ? plain : { name: wanted, ...plain });
    });
  }

  allowsPlain(publicKey: PublicKey): boolean {
    return this.#friends.get(publicKey)?.allowsPlain === true;
  }

  /** @throws ErrUnknownFriend, ErrStore, ErrLocalStorageFull */
  async allowPlain(publicKey: PublicKey, allowed: boolean): Promise<void> {
    await this.#writes.run(async () => {
      if (!this.has(publicKey)) throw this.#unknown(shortKey(publicKey));
      const name = this.nameOf(publicKey);
      const named = name === undefined ? {} : { name };
      await this.#write(publicKey, allowed ? { ...named, allowsPlain: true } : named);
    });
  }

  /** Forgets a friend; nothing happens when it is none. @throws ErrStore, ErrLocalStorageFull */
  async remove(publicKey: PublicKey): Promise<void> {
    await this.#writes.run(async () => {
      if (!this.has(publicKey)) return;
      const batch = this.#store.batch();
      this.removeIn(batch, publicKey);
      await batch.commit();
    });
  }

  /** The same with the commit of `batch`. */
  removeIn(batch: WriteBatch, publicKey: PublicKey): void {
    this.#table.delete(batch, [publicKey]);
    batch.afterCommit(() => this.#friends.delete(publicKey));
  }

  /** Gives a friend back the name it had, or none. @throws ErrStore, ErrLocalStorageFull */
  async putBack({ publicKey, name }: NamedFriend): Promise<void> {
    await this.#writes.run(async () => {
      const plain = this.allowsPlain(publicKey) ? { allowsPlain: true as const } : {};
      await this.#write(publicKey, name === undefined ? plain : { name, ...plain });
    });
  }

  /**
   * The friend meant by a name, a public key of 64 digits or a Tox ID of 76.
   * @throws ErrUnknownFriend, ErrAmbiguousFriend, ErrInvalidKey, ErrInvalidToxId, ErrInvalidRecipient (our own)
   */
  resolve(text: string): PublicKey {
    const wanted = text.trim();
    const named = this.list().filter(({ name }) => name !== undefined && sameName(name, wanted));
    if (named.length > 1) throw ambiguous(wanted, named);
    if (named[0]) return named[0].publicKey;
    const key = readFriendKey(wanted);
    if (!key) throw this.#unknown(wanted);
    this.#assertNotSelf(key);
    const friend = this.#friends.get(key);
    if (!friend) throw this.#unknown(shortKey(key));
    return friend.publicKey;
  }

  async #write(publicKey: PublicKey, record: FriendRecord): Promise<void> {
    const batch = this.#store.batch();
    this.#table.put(batch, [publicKey], record);
    await batch.commit();
    this.#hold(publicKey, record);
  }

  #hold(publicKey: Uint8Array, record: FriendRecord): void {
    this.#friends.set(publicKey, { publicKey: copyOf(publicKey), ...record });
  }

  #assertNotSelf(publicKey: PublicKey): void {
    if (!sameBytes(publicKey, this.#self)) return;
    throw new ToxAsyncError(
      'ErrInvalidRecipient',
      'This is our own key. Use the key or Tox ID of the friend.',
    );
  }

  #unknown(text: string): ToxAsyncError {
    const names = this.list().flatMap(({ name }) => (name === undefined ? [] : [JSON.stringify(name)]));
    const more = names.length > NAMES_IN_ERROR ? ` and ${names.length - NAMES_IN_ERROR} more` : '';
    const known = names.length === 0 ? 'none yet' : names.slice(0, NAMES_IN_ERROR).join(', ');
    const shown = JSON.stringify(text.slice(0, MAX_NAME_BYTES));
    return new ToxAsyncError(
      'ErrUnknownFriend',
      `${shown} is not a friend of this session. Known names: ${known}${more}. Add the friend, or check the name.`,
    );
  }
}

function byName(a: NamedFriend, b: NamedFriend): number {
  if (a.name === b.name) return compareBytes(a.publicKey, b.publicKey);
  if (a.name === undefined) return 1;
  return b.name === undefined || a.name < b.name ? -1 : 1;
}

function ambiguous(name: string, friends: readonly NamedFriend[]): ToxAsyncError {
  const keys = friends.map(({ publicKey }) => shortKey(publicKey)).join(' and ');
  return new ToxAsyncError(
    'ErrAmbiguousFriend',
    `${friends.length} friends are called ${JSON.stringify(name)}: ${keys}. Rename one, or use the full key.`,
  );
}
