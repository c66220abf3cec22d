import { nodeError } from '../runtime/node-error';
import type { PendingWork } from '../runtime/pending-work';
import type { FlowNode } from '../runtime/runtime';
import type { Session } from '../session/session';
import { outcomeMessage } from './receipt';

/**
 * Sends each later outcome to the second output, and after the receipts of inputs that are under way: one friend of
 * a list may have got its copy before the others' are accepted. Returns what ends it.
 */
export function followOutcomes(node: FlowNode, session: Session, pending: PendingWork): () => void {
  let ended = false;
  let last = Promise.resolve();
  session.outcomes.register(node.id, (outcome, context) => {
    last = last
      .then(() => pending.settled())
      .then(() => {
        // Back to the router, which keeps it for the node's next instance.
        if (ended) session.outcomes.route(outcome);
        else node.send([null, outcomeMessage(session.open, outcome, context)]);
      })
      .catch((error: unknown) => node.error(nodeError(error), {}));
  });
  return () => {
    ended = true;
  };
}
