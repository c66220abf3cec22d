import type { AsyncManager } from '../../lib/index';
import type { Connection, PlainMessage } from '../shared/connection';
import { joinVirtualNetwork, type Membership } from '../shared/virtual-networks';
import { HeardTransport } from './heard-transport';
import type { ToxTransportSettings } from './settings';

/** Preference of the session: whether it was online on a virtual network when it last chose. */
const ONLINE = 'virtual-online';

/** A session's place on a virtual network. */
export class VirtualConnection implements Connection {
  onMessage: ((message: PlainMessage) => void) | undefined;
  readonly #manager: AsyncManager;
  readonly #membership: Membership;
  #wanted: boolean;

  private constructor(manager: AsyncManager, membership: Membership, wanted: boolean) {
    this.#manager = manager;
    this.#membership = membership;
    this.#wanted = wanted;
  }

  /**
   * Joins the network under `name` and gives the session its transport.
   * @throws ErrAmbiguousFriend, ErrIdentityInUse, ErrTransportAttached
   */
  static async open(
    manager: AsyncManager,
    name: string,
    { network, atStart }: ToxTransportSettings,
  ): Promise<VirtualConnection> {
    const membership = joinVirtualNetwork(network, { publicKey: manager.publicKey, name });
    const wanted = atStart === 'before' ? manager.preference(ONLINE) !== false : atStart === 'online';
    const connection = new VirtualConnection(manager, membership, wanted);
    try {
      await membership.transport.setOnline(wanted);
      const heard = new HeardTransport(membership.transport, (message) => connection.onMessage?.(message));
      await manager.attachTransport(heard);
    } catch (error) {
      await membership.leave();
      throw error;
    }
    return connection;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  connect(): Promise<void> {
    return this.#choose(true);
  }

  disconnect(): Promise<void> {
    return this.#choose(false);
  }

  async close(): Promise<void> {
    this.onMessage = undefined;
    await this.#manager.detachTransport();
    await this.#membership.leave();
  }

  async #choose(online: boolean): Promise<void> {
    await this.#manager.savePreference(ONLINE, online);
    this.#wanted = online;
    await this.#membership.transport.setOnline(online);
  }
}
