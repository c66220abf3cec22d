import { systemPlatform, type AsyncManager } from '../../lib/index';
import { FLUSH_BUDGET, onClose } from '../runtime/handlers/close';
import { onInput } from '../runtime/handlers/input';
import { PendingWork } from '../runtime/handlers/pending-work';
import type { FlowNode, Runtime } from '../runtime/runtime';
import { Turns } from '../runtime/typed/eventually';
import { flowValues } from '../runtime/typed/flow-values';
import { warnOfOldNames } from '../runtime/settings/old-names';
import { SessionUser } from '../session/session-user';
import { badges, type Badge } from '../runtime/status-badge';
import { accept } from './accept';
import { cancelMessage, cancelOrderOf, type CancelOrder } from './cancel';
import { followOutcomes } from './follow-outcomes';
import { orderOf, type Order } from './order';
import { sendSettings, type SendAsyncConfig } from './send-settings';

export type { SendAsyncConfig };

/** Accepts messages for friends: receipts go to output 1, later outcomes to output 2. */
export function startSendAsync(RED: Runtime, node: FlowNode, config: SendAsyncConfig): void {
  const user = new SessionUser(RED, node, config.storageNode);
  const settings = sendSettings(config, flowValues(RED, node), warnOfOldNames(RED, node));
  const turns = new Turns();
  const pending = new PendingWork();

  onInput(RED, node, new PendingWork(), {
    read: (msg) => cancelOrderOf(settings, msg) ?? orderOf(settings, node.id, msg, Date.now()),
    act: async (asked, reply) => {
      const { session } = user;
      const order = await turns.take<CancelOrder | Order>(asked);
      const manager = await pending.add(user.manager());
      if ('cancel' in order) return pending.add(cancelMessage(manager, order, reply));
      if (order.clockUnset) warnOfClock();
      if (order.isLabelLeftOut) warnOfLabel();
      if (session !== undefined) await accept(session, manager, order, reply, pending);
    },
  });
  let warned = false;
  const warnOfClock = () => {
    if (!warned) node.warn(CLOCK_UNSET);
    warned = true;
  };

  let warnedAt = -Infinity;
  const warnOfLabel = () => {
    const now = systemPlatform.clock.monotonic();
    if (now - warnedAt < QUIET_MS) return;
    warnedAt = now;
    node.warn(LABEL_LEFT_OUT);
  };

  user.atStart(RED, sendBadge, (session) => user.onRelease(followOutcomes(RED, node, session, pending)));
  onClose(node, async (removed) => {
    user.release();
    user.session?.outcomes.unregister(node.id, removed);
    await pending.settledWithin(FLUSH_BUDGET, systemPlatform.timers);
  });
}

const CLOCK_UNSET =
  'The clock is not set yet: it shows a time before this package was built. Until it is set, a message that expires at a time of day gets the default life of 7 days.';

const QUIET_MS = 60_000;
const LABEL_LEFT_OUT =
  'msg.topic cannot travel with the message, so the message goes without it: a topic is text of at most 255 bytes, not blank, without control characters. Further ones are not reported for a minute.';

function sendBadge(manager: AsyncManager): Badge | undefined {
  const { queued, stored, unfinished } = manager.counts();
  if (unfinished > 0) return badges.unfinished(queued, stored);
  return manager.transportAttached ? undefined : badges.noTransport;
}
