import { ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../runtime/close';
import type { InboxSubscriber } from '../session/inbox-fan-out';
import { onInput } from '../runtime/input';
import { messageIdOf } from '../runtime/message-id';
import { PendingWork } from '../runtime/pending-work';
import type { FlowNode, IncomingMessage, Runtime } from '../runtime/runtime';
import type { Session } from '../session/session';
import { SessionUser } from '../session/session-user';
import { actionOf } from '../runtime/setting-values';
import { badges, type Badge } from '../runtime/status-badge';
import { accepts, receiveSettings, type ReceiveAsyncConfig, type ReceiveSettings } from './filter';
import { flowMessage } from './message';

export type { ReceiveAsyncConfig };

/** Gives the flow the messages that friends sent to the session, and takes acknowledgements. */
export function startReceiveAsync(RED: Runtime, node: FlowNode, config: ReceiveAsyncConfig): void {
  const user = new SessionUser(RED, node, config.storageNode);
  const settings = receiveSettings(config);

  onInput(RED, node, new PendingWork(), {
    read: orderOf,
    act: async (order) => {
      const manager = await user.manager();
      if (user.session !== undefined) await act(node, user.session, manager, order);
    },
  });

  user.atStart(RED, receiveBadge, (session) => {
    session.inbox.register(subscriber(node, session, settings));
    user.whenOpen((manager) => checkFriend(manager, settings.friend));
  });
  onClose(node, (removed) => {
    user.release();
    user.session?.inbox.unregister(node.id, removed);
  });
}

type Order = { readonly acknowledge: Uint8Array } | { readonly again: boolean };

/** ErrInvalidArgument. */
function orderOf(msg: IncomingMessage): Order {
  const action = actionOf(msg, ['retrieve', 'ack']);
  if (action === 'ack') return { acknowledge: messageIdOf(msg.messageId) };
  if (action === 'retrieve') return { again: msg.again === true };
  throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action to "retrieve" or "ack".');
}

function act(node: FlowNode, session: Session, manager: AsyncManager, order: Order): Promise<void> {
  if ('acknowledge' in order) return session.inbox.acknowledge(node.id, order.acknowledge);
  return order.again ? session.inbox.again(node.id) : manager.retrieve();
}

function subscriber(node: FlowNode, session: Session, settings: ReceiveSettings): InboxSubscriber {
  return {
    id: node.id,
    accepts: (message) => session.open !== undefined && accepts(session.open, settings, message),
    deliver: (message) => {
      // A message is only delivered by an open session.
      if (session.open !== undefined) node.send(flowMessage(session.open, message));
      return settings.acknowledge === 'message' ? 'later' : 'done';
    },
  };
}

/** A name that nobody has may be somebody's later, and is no error; a key or Tox ID with a fault stays one. */
function checkFriend(manager: AsyncManager, friend: string): void {
  try {
    if (friend !== '') manager.resolveFriend(friend);
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrUnknownFriend')) throw error;
  }
}

function receiveBadge(manager: AsyncManager): Badge | undefined {
  const { waiting } = manager.counts();
  if (waiting > 0) return badges.waiting(waiting);
  return manager.transportAttached ? undefined : badges.noTransport;
}
