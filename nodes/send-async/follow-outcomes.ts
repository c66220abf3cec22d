import { systemPlatform, type Outcome } from '../../lib/index';
import { guarded } from '../runtime/handlers/guard';
import { spoken } from '../runtime/failures/failure-words';
import type { PendingWork } from '../runtime/handlers/pending-work';
import { isPassedOn } from '../runtime/handlers/passed-on';
import type { FlowNode, Runtime } from '../runtime/runtime';
import type { MessageContext } from '../session/outcome-router';
import type { Session } from '../session/session';
import { ReasonNews } from './reason-news';
import { outcomeMessage } from './receipt';

/**
 * Sends each later outcome to the second output, and after the receipts of inputs that are under way: one friend of
 * a list may have got its copy before the others' are accepted. Returns what ends it.
 */
export function followOutcomes(
  RED: Runtime,
  node: FlowNode,
  session: Session,
  pending: PendingWork,
): () => void {
  let ended = false;
  let last = Promise.resolve();
  const tell = ({ outcome, context }: { outcome: Outcome; context: MessageContext }) => {
    last = last
      .then(() => pending.settled())
      .then(async () => {
        const isTold =
          !ended && (await isPassedOn(RED, node, 1, outcomeMessage(session.open, outcome, context)));
        // Back to the router, which keeps it for the node's next instance.
        if (ended && !isTold) session.outcomes.route(outcome);
      })
      .catch((error: unknown) => guarded(() => node.error(spoken(RED, error), {})));
  };
  const news = new ReasonNews(systemPlatform, tell);
  session.outcomes.register(node.id, (outcome, context) => news.take({ outcome, context }));
  return () => {
    ended = true;
    news.end();
  };
}
