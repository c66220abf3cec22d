import { systemPlatform, ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../runtime/handlers/close';
import type { Connection, NetworkEvent } from '../session/network/connection';
import { friendFields } from '../session/friends/friend-names';
import { fleetDefaults } from '../runtime/settings/fleet-defaults';
import { onInput, type Reply } from '../runtime/handlers/input';
import { guarded } from '../runtime/handlers/guard';
import { Latch } from '../runtime/handlers/latch';
import { errorCode, nodeError } from '../runtime/node-error';
import { PendingWork } from '../runtime/handlers/pending-work';
import { untilDone } from '../runtime/handlers/retry';
import { labelOf, type FlowNode, type Runtime } from '../runtime/runtime';
import type { Session } from '../session/session';
import { SessionUser } from '../session/session-user';
import { badges, type Badge } from '../runtime/status-badge';
import { change, sendMessage } from './actions';
import { eventFields, followFriends, followMail, friendsFields, selfFields } from './network-events';
import { orderOf, type ToxOrder } from './order';
import {
  mailWaitingFor,
  toxTransportSettings,
  type ToxTransportConfig,
  type ToxTransportSettings,
} from './tox-transport-settings';
import { openToxConnection, type MakeTransport } from './tox-connection';
import { openVirtualConnection } from './virtual-connection';

export type { MakeTransport, ToxTransportConfig };

/**
 * Connects a session to a network: from any tab, with no wires for packets.
 * @param make libtoxcore, as a transport
 */
export function startToxTransport(
  RED: Runtime,
  node: FlowNode,
  config: ToxTransportConfig,
  make: MakeTransport,
): void {
  new ToxTransport(RED, node, config, make);
}

class ToxTransport {
  readonly #node: FlowNode;
  readonly #user: SessionUser;
  readonly #settings: ToxTransportSettings;
  /** Of whose waiting mail the flow hears. */
  readonly #toWake: readonly string[];
  readonly #make: MakeTransport;
  readonly #ending = new AbortController();
  readonly #tried = new Latch();
  #connection: Connection | undefined;
  #failure: Error | undefined;
  /** What the flow heard last of our being online, so that it hears nothing twice. */
  #told: boolean | undefined;
  #goesOn = false;

  constructor(RED: Runtime, node: FlowNode, config: ToxTransportConfig, make: MakeTransport) {
    this.#settings = toxTransportSettings(config, RED.settings.userDir, fleetDefaults(RED.settings));
    this.#toWake = mailWaitingFor(config);
    this.#node = node;
    this.#make = make;
    this.#user = new SessionUser(RED, node, config.storageNode);
    this.#user.session?.transport.enter(node.id, labelOf(RED, node));
    if (this.#settings.mode === 'virtual' && !this.#user.session?.transport.connection) {
      this.#user.session?.firstMinute.begin();
    }
    onInput(RED, node, new PendingWork(), {
      read: orderOf,
      act: (order, reply) => this.#act(order, reply),
    });
    this.#user.atStart(
      RED,
      (manager) => this.#badge(manager),
      (session) => void this.#untilDone(session, () => this.#attach(session)),
    );
    onClose(node, (removed) => this.#close(removed), {
      underWay: () => 'ending the connection to the network',
    });
  }

  /** Tries again and again; Catch hears of each kind of failure once. */
  async #untilDone(session: Session, attempt: () => Promise<void>): Promise<void> {
    await untilDone(attempt, {
      platform: systemPlatform,
      signal: this.#ending.signal,
      onFailure: (error) => {
        const known = this.#failure !== undefined && errorCode(this.#failure) === errorCode(error);
        this.#failure = error;
        this.#tried.open();
        session.changed.emit();
        if (!known) this.#user.report(error);
      },
    });
    this.#failure = undefined;
    this.#tried.open();
    session.changed.emit();
  }

  /** Takes the session's place for a transport. */
  async #attach(session: Session): Promise<void> {
    const manager = await session.opened();
    // Friends may come online while the transport is being attached.
    const unfollow = this.#follow(manager);
    let connection: Connection;
    try {
      connection = await session.transport.attach(this.#node.id, JSON.stringify(this.#settings), () =>
        this.#open(manager, session),
      );
      await connection.resume();
    } catch (error) {
      unfollow();
      throw error;
    }
    if (this.#ending.signal.aborted) {
      unfollow();
      return;
    }
    this.#connection = connection;
    this.#user.onRelease(unfollow);
    connection.events.listen((event) => this.#hear(manager, event));
    this.#tellSelf(manager);
  }

  #open(manager: AsyncManager, session: Session): Promise<Connection> {
    const settings = this.#settings;
    return settings.mode === 'virtual'
      ? openVirtualConnection(manager, session, settings)
      : openToxConnection(manager, session, settings, this.#make);
  }

  #follow(manager: AsyncManager): () => void {
    const unfollow = followFriends(manager, {
      onStatus: (friend, online) =>
        this.#node.send({ topic: 'tox/status', payload: online, ...friendFields(manager, friend) }),
      onList: () => this.#node.send(friendsFields(manager, this.#connection?.tox)),
    });
    const off = manager.events.on('transport-status', () => this.#tellSelf(manager));
    const unfollowMail = followMail(manager, this.#toWake, (msg) => this.#node.send(msg));
    return () => {
      off();
      unfollowMail();
      unfollow();
    };
  }

  #hear(manager: AsyncManager, event: NetworkEvent): void {
    if (event.what === 'trouble') this.#user.report(event.error);
    else
      guarded(
        () => this.#node.send(eventFields(manager, event)),
        (error) => this.#user.report(error),
      );
  }

  #tellSelf(manager: AsyncManager): void {
    const online = manager.isOnline();
    if (online === this.#told) return;
    this.#told = online;
    this.#node.send(selfFields(manager, online));
  }

  async #act(order: ToxOrder, reply: Reply): Promise<void> {
    const manager = await this.#user.manager();
    if (order.action === 'list-friends') {
      reply.answer(friendsFields(manager, this.#connection?.tox));
      return;
    }
    await this.#tried.opened;
    const connection = this.#connection;
    if (connection === undefined) throw this.#failure ?? closed();
    if (order.action === 'connect' || order.action === 'disconnect') {
      await this.#choose(order.action === 'connect', manager, connection);
      reply.answer(selfFields(manager, manager.isOnline()));
      return;
    }
    const { answer, failures } = await (order.action === 'send'
      ? sendMessage(order, manager, connection)
      : change(order, manager, connection));
    if (answer !== undefined) reply.answer(answer);
    const [failure, ...others] = failures;
    for (const error of others) reply.report(error);
    if (failure !== undefined) throw failure;
  }

  /** The answer to the action is what tells the flow of the change. */
  async #choose(online: boolean, manager: AsyncManager, connection: Connection): Promise<void> {
    this.#told = online;
    try {
      await (online ? connection.connect() : connection.disconnect());
      this.#failure = undefined;
    } catch (error) {
      this.#failure = nodeError(error);
      this.#goOn(connection);
      throw error;
    } finally {
      this.#told = manager.isOnline();
    }
    this.#user.session?.changed.emit();
  }

  /** Comes online again by itself: one series of attempts, however often the flow asks. */
  #goOn(connection: Connection): void {
    const { session } = this.#user;
    if (!session || this.#goesOn) return;
    this.#goesOn = true;
    void this.#untilDone(session, () => connection.resume()).finally(() => {
      this.#goesOn = false;
    });
  }

  #badge(manager: AsyncManager): Badge {
    if (this.#failure !== undefined) return badges.error(this.#failure);
    if (this.#connection?.wanted === false) return badges.offline;
    const { online, friends } = manager.counts();
    return manager.isOnline() ? badges.online(online, friends) : badges.connecting;
  }

  async #close(removed: boolean): Promise<void> {
    this.#ending.abort();
    this.#tried.open();
    this.#user.release();
    await this.#user.session?.transport.leave(this.#node.id, removed);
  }
}

function closed(): ToxAsyncError {
  return new ToxAsyncError('ErrClosed', 'This tox-transport is closing. Send the action again.');
}
