import { sameBytes } from '../../bytes';
import { checkPublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import { parseToxId } from '../../identity/tox-id';
import { type FriendTransport, isFriendTransport } from '../../transport/friend-transport';
import type { PublicKey } from '../../types';
import { adoptFriends } from './adopt-friends';
import { BefriendNodes } from './befriend-nodes';
import type { ManagerParts } from '../session/build-session';
import type { AsyncManagerOptions, FriendInfo } from '../options';
import type { SessionTransport } from '../session/session-transport';

/** The friends of a session: its friend book, the Tox profile, the storage role and the network have the same. */
export class SessionFriends {
  readonly #parts: ManagerParts;
  readonly #transport: SessionTransport;

  constructor(
    parts: ManagerParts,
    transport: SessionTransport,
    { befriendOpenNodes = false }: Pick<AsyncManagerOptions, 'befriendOpenNodes'>,
  ) {
    this.#parts = parts;
    this.#transport = transport;
    const { store } = parts.directory;
    const request = this.request.bind(this);
    if (befriendOpenNodes) new BefriendNodes({ ...parts, store }, request).follow();
  }

  list(): FriendInfo[] {
    const { friends, network } = this.#parts;
    return friends.list().map(({ publicKey, name }) => ({
      publicKey,
      ...(name === undefined ? {} : { name }),
      online: network.isFriendOnline(publicKey),
      session: network.isProven(publicKey),
      plainClient: network.isPlainClient(publicKey),
    }));
  }

  /** @throws ErrInvalidKey, ErrUnknownFriend */
  assertFriend(publicKey: PublicKey): void {
    checkPublicKey(publicKey, 'The recipient');
    if (!this.#parts.friends.has(publicKey)) throw unknownFriend();
  }

  /** @throws ErrInvalidKey, ErrInvalidRecipient */
  async add(publicKey: PublicKey, name?: string): Promise<void> {
    const { friends } = this.#parts;
    const before = friends.list().find((friend) => sameBytes(friend.publicKey, publicKey));
    await friends.add(publicKey, name);
    try {
      await this.#changed();
      await this.#onNetwork((transport) => transport.acceptFriend(publicKey));
    } catch (error) {
      await this.#undo(before ? friends.putBack(before) : friends.remove(publicKey));
      throw error;
    }
  }

  /**
   * Sends a friend request, in place of one that was never answered, and has a friend from then on. False where nobody is
   * asked to be a friend, or not now.
   * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient, ErrStore, ErrLocalStorageFull
   */
  async request(toxId: string, greeting: string): Promise<boolean> {
    let added: PublicKey | undefined;
    await this.#onNetwork(async (transport) => {
      const { publicKey } = parseToxId(toxId);
      const before = transport.details().find((friend) => sameBytes(friend.publicKey, publicKey));
      // Asks nobody who is a friend already, but refuses what cannot be asked.
      added = await transport.addFriend(toxId, greeting);
      if (before?.online === false && before.lastOnline === undefined)
        await this.#askInstead(transport, publicKey, () => transport.addFriend(toxId, greeting));
    });
    if (added !== undefined) await this.add(added);
    return added !== undefined;
  }

  /** @throws ErrUnknownFriend, ErrStore, ErrLocalStorageFull */
  async allowPlain(publicKey: PublicKey, allowed: boolean): Promise<void> {
    await this.#parts.friends.allowPlain(publicKey, allowed);
    this.#parts.client.onFriendChange(publicKey);
    this.#parts.events.emit('changed', undefined);
  }

  /** Erases the friend's keys and fails the messages waiting for them. */
  async remove(publicKey: PublicKey): Promise<void> {
    const { friends, identity, client, nodes, network, service } = this.#parts;
    // The profile first: friends found only there are taken back at the next start.
    await identity.saveFriends(friends.list().filter((friend) => !sameBytes(friend.publicKey, publicKey)));
    try {
      await client.forget(publicKey, (writes) => friends.removeIn(writes, publicKey));
    } catch (error) {
      await this.#undo(Promise.resolve());
      throw error;
    }
    nodes.forget(publicKey);
    await this.#changed();
    try {
      await this.#onNetwork((transport) => transport.removeFriend(publicKey));
    } finally {
      for (const part of [network, service]) part.forget(publicKey);
      client.forgetTraces(publicKey);
    }
  }

  /** Friends of the network become ours, under the network's name for them when it has one. */
  async adopt(): Promise<void> {
    const { friends, network, log } = this.#parts;
    const found = network.friends().map((publicKey) => {
      const name = this.#transport.current?.nameOf(publicKey);
      return { publicKey, ...(name === undefined ? {} : { name }) };
    });
    await adoptFriends(friends, found, log);
    await this.#changed();
  }

  /** Tox repeats the first request as long as it has the friend. Where the second one fails, the friend stays. */
  async #askInstead(
    transport: FriendTransport,
    publicKey: PublicKey,
    ask: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await transport.removeFriend(publicKey);
      await ask();
    } catch (error) {
      // A network that ended takes nothing back now: it reads the profile when it starts.
      await this.#undo(transport.acceptFriend(publicKey).catch(() => undefined));
      throw error;
    }
  }

  /**
   * After a change that was refused: the friend book is as before, and profile and storage role follow it. Where the
   * disk takes not even that, the book on the disk and in memory still agree, and the next start mends the profile.
   */
  async #undo(puttingBack: Promise<void>): Promise<void> {
    try {
      await puttingBack;
      await this.#changed();
    } catch (error) {
      this.#parts.log.debug(`A refused change of friends could not be undone: ${String(error)}`);
    }
  }

  async #changed(): Promise<void> {
    const { friends, storage, identity, events } = this.#parts;
    const list = friends.list();
    storage.setFriends(list.map(({ publicKey }) => publicKey));
    await identity.saveFriends(list);
    events.emit('friends-changed', undefined);
    events.emit('changed', undefined);
  }

  /** A network that does not run now reads the profile, and so the friends in it, when it starts. */
  async #onNetwork(change: (transport: FriendTransport) => Promise<void>): Promise<void> {
    const { current: transport, running } = this.#transport;
    if (!running || transport === undefined || !isFriendTransport(transport)) return;
    try {
      await change(transport);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrNotConnected')) throw error;
    }
  }
}

export function unknownFriend(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrUnknownFriend',
    'The recipient is not a friend of this session. Add them first: only friends exchange keys.',
  );
}
