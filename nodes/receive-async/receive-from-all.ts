import { onClose } from '../runtime/handlers/close';
import { onInput } from '../runtime/handlers/input';
import { PendingWork } from '../runtime/handlers/pending-work';
import { atFlowsStarted, type FlowNode, type Runtime } from '../runtime/runtime';
import { badges, StatusBadge, type Badge } from '../runtime/status-badge';
import { EverySession } from '../session/every-session';
import type { Session } from '../session/session';
import { sessions } from '../session/session-registry';
import type { ReceiveSettings } from './filter';
import { orderOf, take } from './order';
import { subscriber } from './subscriber';

/** Gives the flow the messages of every session in this Node-RED, each with the session's name. */
export function receiveFromAll(RED: Runtime, node: FlowNode, settings: ReceiveSettings): void {
  const every = new EverySession(sessions);
  const badge = new StatusBadge(RED, node);
  const show = () => badge.show(waitingBadge(every.sessions));
  let removed = false;

  onInput(RED, node, new PendingWork(), {
    read: orderOf,
    act: (order) => take(order, node.id, every.sessions),
  });

  const cancel = atFlowsStarted(RED, node, () =>
    every.follow((session) => {
      session.inbox.register(subscriber(RED, node, session, settings));
      const unfollow = session.changed.on(show);
      show();
      return () => {
        unfollow();
        session.inbox.unregister(node.id, removed);
        show();
      };
    }),
  );
  onClose(node, (isRemoved) => {
    removed = isRemoved;
    cancel();
    every.end();
    badge.end();
  });
}

function waitingBadge(all: readonly Session[]): Badge | undefined {
  const waiting = all.reduce((sum, { open }) => sum + (open?.counts().waiting ?? 0), 0);
  return waiting > 0 ? badges.waiting(waiting) : undefined;
}
