import { ToxAsyncError, type AsyncManager, type FriendTransport, type Transport } from '../../lib/index';
import type { Connection, NetworkEvent } from '../session/network/connection';
import { BufferedEvents } from '../session/network/buffered-events';

/** A transport that goes offline and online while it stays attached. */
export interface SwitchedTransport extends Transport {
  setOnline(online: boolean): Promise<void>;
}

export interface SessionConnectionParts {
  readonly manager: AsyncManager;
  readonly transport: SwitchedTransport;
  /** Preference of the session under which it is kept whether it was online when it last chose. */
  readonly preference: string;
  readonly atStart: 'before' | 'online' | 'offline';
  readonly tox?: FriendTransport;
  /** Undoes what was done for this connection alone. */
  readonly leave: () => Promise<void> | void;
}

/** A session on a network, of whatever kind. */
export class SessionConnection implements Connection {
  readonly events = new BufferedEvents<NetworkEvent>();
  readonly #o: SessionConnectionParts;
  readonly #unfollow: () => void;
  #wanted: boolean;

  constructor(parts: SessionConnectionParts) {
    this.#o = parts;
    const { manager, preference, atStart } = parts;
    this.#wanted = atStart === 'before' ? manager.preference(preference) !== false : atStart === 'online';
    this.#unfollow = manager.events.on('tox-message', (message) =>
      this.events.tell({ what: 'message', ...message }),
    );
  }

  /**
   * Gives the session its transport, online or offline as it is meant to be.
   * @throws what attachTransport throws; the connection is closed then
   */
  async open(): Promise<void> {
    const { manager, transport } = this.#o;
    try {
      await transport.setOnline(this.#wanted);
      await manager.attachTransport(transport);
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get tox(): FriendTransport | undefined {
    return this.#o.tox;
  }

  connect(): Promise<void> {
    return this.#choose(true);
  }

  disconnect(): Promise<void> {
    return this.#choose(false);
  }

  async resume(): Promise<void> {
    if (this.#wanted) await this.#o.transport.setOnline(true);
  }

  async send(friend: Uint8Array, type: 'normal' | 'action', text: string): Promise<void> {
    if (await this.#o.transport.sendMessage(friend, type, text)) return;
    throw new ToxAsyncError(
      'ErrNotConnected',
      'The friend is offline, or went offline before their client confirmed the message. Use send-async for messages that may wait.',
    );
  }

  async close(): Promise<void> {
    this.events.listen(undefined);
    await this.#o.manager.detachTransport();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#unfollow();
    await this.#o.leave();
  }

  async #choose(online: boolean): Promise<void> {
    await this.#o.manager.savePreference(this.#o.preference, online);
    this.#wanted = online;
    await this.#o.transport.setOnline(online);
  }
}
