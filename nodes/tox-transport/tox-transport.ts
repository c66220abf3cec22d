import { systemPlatform, ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../shared/close';
import type { Connection } from '../shared/connection';
import { onInput } from '../shared/input';
import { Latch } from '../shared/latch';
import { errorCode } from '../shared/node-error';
import { PendingWork } from '../shared/pending-work';
import { untilDone } from '../shared/retry';
import type { FlowNode, IncomingMessage, Runtime, Send } from '../shared/runtime';
import type { Session } from '../shared/session';
import { SessionUser } from '../shared/session-user';
import { actionOf } from '../shared/settings';
import { badges, type Badge } from '../shared/status-badge';
import { followNetwork, friendsFields, plainMessage, selfFields } from './network-events';
import { toxTransportSettings, type ToxTransportConfig, type ToxTransportSettings } from './settings';
import { VirtualConnection } from './virtual-connection';

export type { ToxTransportConfig };

/** Connects a session to a virtual network: from any tab, with no wires for packets. */
export function startToxTransport(RED: Runtime, node: FlowNode, config: ToxTransportConfig): void {
  new ToxTransport(RED, node, config);
}

class ToxTransport {
  readonly #node: FlowNode;
  readonly #user: SessionUser;
  readonly #settings: ToxTransportSettings;
  readonly #ending = new AbortController();
  readonly #tried = new Latch();
  #connection: Connection | undefined;
  #failure: Error | undefined;
  /** What the flow heard last of our being online, so that it hears nothing twice. */
  #told: boolean | undefined;

  constructor(RED: Runtime, node: FlowNode, config: ToxTransportConfig) {
    this.#settings = toxTransportSettings(config);
    this.#node = node;
    this.#user = new SessionUser(RED, node, config.storageNode);
    this.#user.session?.transport.enter(node.id);
    onInput(node, new PendingWork(), (msg, send) => this.#act(msg, send));
    this.#user.atStart(
      RED,
      (manager) => this.#badge(manager),
      (session) => void this.#connect(session),
    );
    onClose(node, (removed) => this.#close(removed));
  }

  /** Takes the session's place for a transport; tries again until it is free. */
  async #connect(session: Session): Promise<void> {
    await untilDone(() => this.#attach(session), {
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
  }

  async #attach(session: Session): Promise<void> {
    const manager = await session.opened();
    // Friends may come online while the transport is being attached.
    const unfollow = this.#follow(manager);
    try {
      this.#connection = await session.transport.attach(this.#node.id, JSON.stringify(this.#settings), () =>
        VirtualConnection.open(manager, session.settings.name, this.#settings),
      );
    } catch (error) {
      unfollow();
      throw error;
    }
    if (this.#ending.signal.aborted) {
      unfollow();
      return;
    }
    this.#user.onRelease(unfollow);
    this.#connection.onMessage = (message) => this.#node.send(plainMessage(manager, message));
    this.#failure = undefined;
    this.#tellSelf(manager);
    this.#tried.open();
    session.changed.emit();
  }

  #follow(manager: AsyncManager): () => void {
    const unfollow = followNetwork(manager, (msg) => this.#node.send(msg));
    const off = manager.events.on('transport-status', () => this.#tellSelf(manager));
    return () => {
      off();
      unfollow();
    };
  }

  #tellSelf(manager: AsyncManager): void {
    const online = manager.isOnline();
    if (online === this.#told) return;
    this.#told = online;
    this.#node.send(selfFields(manager, online));
  }

  async #act(msg: IncomingMessage, send: Send): Promise<void> {
    const action = actionOf(msg, ['connect', 'disconnect', 'list-friends']);
    const manager = await this.#user.manager();
    switch (action) {
      case undefined:
        throw new ToxAsyncError(
          'ErrInvalidArgument',
          'Set msg.action to "connect", "disconnect" or "list-friends".',
        );
      case 'list-friends':
        send(Object.assign(msg, friendsFields(manager)));
        return;
      case 'connect':
      case 'disconnect':
        await this.#choose(action === 'connect');
        send(Object.assign(msg, selfFields(manager, action === 'connect')));
    }
  }

  /** The answer to the action is what tells the flow of the change. */
  async #choose(online: boolean): Promise<void> {
    await this.#tried.opened;
    if (this.#connection === undefined) throw this.#failure ?? closed();
    this.#told = online;
    if (online) await this.#connection.connect();
    else await this.#connection.disconnect();
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
  return new ToxAsyncError('ErrClosed', 'This tox-transport is being closed; send the action again.');
}
