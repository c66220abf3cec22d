import { systemPlatform, ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../runtime/close';
import type { Connection, NetworkEvent } from '../session/connection';
import { friendFields } from '../session/friend-names';
import { onInput } from '../runtime/input';
import { Latch } from '../runtime/latch';
import { errorCode, nodeError } from '../runtime/node-error';
import { PendingWork } from '../runtime/pending-work';
import { untilDone } from '../runtime/retry';
import { withFields, type FlowNode, type IncomingMessage, type Runtime, type Send } from '../runtime/runtime';
import type { Session } from '../session/session';
import { SessionUser } from '../session/session-user';
import { actionOf } from '../runtime/setting-values';
import { badges, type Badge } from '../runtime/status-badge';
import { ACTIONS, perform } from './actions';
import { eventFields, followFriends, friendsFields, selfFields } from './network-events';
import {
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
  readonly #make: MakeTransport;
  readonly #ending = new AbortController();
  readonly #tried = new Latch();
  #connection: Connection | undefined;
  #failure: Error | undefined;
  /** What the flow heard last of our being online, so that it hears nothing twice. */
  #told: boolean | undefined;
  #goesOn = false;

  constructor(RED: Runtime, node: FlowNode, config: ToxTransportConfig, make: MakeTransport) {
    this.#settings = toxTransportSettings(config, RED.settings.userDir);
    this.#node = node;
    this.#make = make;
    this.#user = new SessionUser(RED, node, config.storageNode);
    this.#user.session?.transport.enter(node.id);
    onInput(node, new PendingWork(), (msg, send) => this.#act(msg, send));
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
      timers: systemPlatform.timers,
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
      ? openVirtualConnection(manager, session.settings.name, settings)
      : openToxConnection(manager, session, settings, this.#make);
  }

  #follow(manager: AsyncManager): () => void {
    const unfollow = followFriends(manager, {
      onStatus: (friend, online) =>
        this.#node.send({ topic: 'tox/status', payload: online, ...friendFields(manager, friend) }),
      onList: () => this.#node.send(friendsFields(manager, this.#connection?.tox)),
    });
    const off = manager.events.on('transport-status', () => this.#tellSelf(manager));
    return () => {
      off();
      unfollow();
    };
  }

  #hear(manager: AsyncManager, event: NetworkEvent): void {
    if (event.what === 'trouble') this.#user.report(event.error);
    else this.#node.send(eventFields(manager, event));
  }

  #tellSelf(manager: AsyncManager): void {
    const online = manager.isOnline();
    if (online === this.#told) return;
    this.#told = online;
    this.#node.send(selfFields(manager, online));
  }

  async #act(msg: IncomingMessage, send: Send): Promise<void> {
    const action = actionOf(msg, ['connect', 'disconnect', 'list-friends', ...ACTIONS]);
    if (action === undefined) {
      throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action, for example to "connect" or "send".');
    }
    const manager = await this.#user.manager();
    if (action === 'list-friends') {
      send(withFields(msg, friendsFields(manager, this.#connection?.tox)));
      return;
    }
    await this.#tried.opened;
    const connection = this.#connection;
    if (connection === undefined) throw this.#failure ?? closed();
    if (action === 'connect' || action === 'disconnect') {
      await this.#choose(action === 'connect', manager, connection);
      send(withFields(msg, selfFields(manager, manager.isOnline())));
      return;
    }
    const answer = await perform(action, msg, manager, connection);
    if (answer !== undefined) send(withFields(msg, answer));
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

  /** Comes online again by itself: one series of attempts, however often the flow asks meanwhile. */
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
