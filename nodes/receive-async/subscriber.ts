import type { FlowNode } from '../runtime/runtime';
import type { InboxSubscriber } from '../session/inbox-fan-out';
import type { Session } from '../session/session';
import { accepts, type ReceiveSettings } from './filter';
import { flowMessage } from './message';

/** What a node is to the inbox of a session. */
export function subscriber(node: FlowNode, session: Session, settings: ReceiveSettings): InboxSubscriber {
  return {
    id: node.id,
    accepts: (message) => session.open !== undefined && accepts(session.open, settings, message),
    deliver: (message) => {
      // A message is only delivered by an open session.
      if (session.open !== undefined) {
        const msg = flowMessage(session.open, message, settings.format);
        node.send(settings.sessions === 'all' ? { ...msg, session: session.settings.name } : msg);
      }
      return settings.acknowledge === 'message' ? 'later' : 'done';
    },
  };
}
