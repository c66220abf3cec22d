import { ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../runtime/handlers/close';
import { onInput } from '../runtime/handlers/input';
import { PendingWork } from '../runtime/handlers/pending-work';
import type { FlowNode, Runtime } from '../runtime/runtime';
import { warnOfOldNames } from '../runtime/settings/old-names';
import { SessionUser } from '../session/session-user';
import { badges, type Badge } from '../runtime/status-badge';
import { receiveSettings, type ReceiveAsyncConfig } from './filter';
import { orderOf, take } from './order';
import { receiveFromAll } from './receive-from-all';
import { subscriber } from './subscriber';

export type { ReceiveAsyncConfig };

/** Gives the flow the messages that friends sent to the session, and takes acknowledgements. */
export function startReceiveAsync(RED: Runtime, node: FlowNode, config: ReceiveAsyncConfig): void {
  const settings = receiveSettings(config, warnOfOldNames(RED, node));
  if (settings.sessions === 'all') {
    receiveFromAll(RED, node, settings);
    return;
  }
  const user = new SessionUser(RED, node, config.storageNode);

  onInput(RED, node, new PendingWork(), {
    read: orderOf,
    act: async (order) => {
      await user.manager();
      if (user.session !== undefined) await take(order, node.id, [user.session]);
    },
  });

  user.atStart(RED, receiveBadge, (session) => {
    session.inbox.register(subscriber(RED, node, session, settings));
    user.whenOpen((manager) => checkFriend(manager, settings.friend));
  });
  onClose(node, (removed) => {
    user.release();
    user.session?.inbox.unregister(node.id, removed);
  });
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
