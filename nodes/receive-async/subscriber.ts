import { isPassedOn } from '../runtime/handlers/passed-on';
import type { FlowNode, Runtime } from '../runtime/runtime';
import type { InboxSubscriber } from '../session/inbox-fan-out';
import type { Session } from '../session/session';
import { accepts, type ReceiveSettings } from './filter';
import { flowMessage } from './message';

/** What a node is to the inbox of a session. */
export function subscriber(
  RED: Runtime,
  node: FlowNode,
  session: Session,
  settings: ReceiveSettings,
): InboxSubscriber {
  return {
    id: node.id,
    accepts: (message) => session.open !== undefined && accepts(session.open, settings, message),
    deliver: async (message) => {
      let isPassed = true;
      // A message is only delivered by an open session.
      if (session.open !== undefined) {
        const msg = flowMessage(session.open, message, settings.format);
        const sent = settings.sessions === 'all' ? { ...msg, session: session.settings.name } : msg;
        isPassed = await isPassedOn(RED, node, 0, sent);
      }
      if (settings.acknowledge === 'message') return 'later';
      return isPassed ? 'done' : 'dropped';
    },
  };
}
