import { systemPlatform, type AsyncManager, type PublicKey, type SendReceipt } from '../../lib/index';
import { FLUSH_BUDGET, onClose } from '../runtime/close';
import { friendsOf } from '../session/friend-names';
import { onInput } from '../runtime/input';
import { nodeError } from '../runtime/node-error';
import { PendingWork } from '../runtime/pending-work';
import { withFields, type FlowNode, type IncomingMessage, type Runtime, type Send } from '../runtime/runtime';
import { SessionUser } from '../session/session-user';
import { badges, type Badge } from '../runtime/status-badge';
import { orderOf, type Order, type SendAsyncConfig } from './order';
import { followOutcomes } from './follow-outcomes';
import { receiptFields } from './receipt';

export type { SendAsyncConfig };

/** Accepts messages for friends: receipts go to output 1, later outcomes to output 2. */
export function startSendAsync(RED: Runtime, node: FlowNode, config: SendAsyncConfig): void {
  const user = new SessionUser(RED, node, config.storageNode);
  const pending = new PendingWork();

  onInput(node, pending, async (msg, send) => {
    const manager = await user.manager();
    const order = orderOf({ ...config, id: node.id }, msg, Date.now());
    await accept(node, manager, order, msg, send);
  });

  user.atStart(RED, sendBadge, (session) => user.onRelease(followOutcomes(node, session, pending)));
  onClose(node, async (removed) => {
    user.release();
    user.session?.outcomes.unregister(node.id, removed);
    await pending.settledWithin(FLUSH_BUDGET, systemPlatform.timers);
  });
}

/** Puts the message into the outbox, once for each friend. An error with one friend stops none of the others. */
async function accept(
  node: FlowNode,
  manager: AsyncManager,
  order: Order,
  msg: IncomingMessage,
  send: Send,
): Promise<void> {
  const friends = friendsOf(manager, order.friend);
  const results = await Promise.allSettled(friends.map((friend) => sendTo(manager, friend, order)));
  const receipts = results
    .filter((each) => each.status === 'fulfilled')
    .map(({ value }) => receiptFields(value));
  const [failure, ...others] = results
    .filter((each) => each.status === 'rejected')
    .map(({ reason }) => nodeError(reason));
  if (receipts.length > 0) {
    const receipt = Array.isArray(order.friend) ? receipts : receipts[0];
    send([withFields(msg, { receipt }), null]);
  }
  for (const error of others) node.error(error, msg);
  if (failure !== undefined) throw failure;
}

function sendTo(
  manager: AsyncManager,
  friend: PublicKey,
  { text, type, options }: Order,
): Promise<SendReceipt> {
  return manager.sendAsyncMessage(friend, text, type, options);
}

function sendBadge(manager: AsyncManager): Badge | undefined {
  const { queued } = manager.counts();
  if (queued > 0) return badges.queued(queued);
  return manager.transportAttached ? undefined : badges.noTransport;
}
