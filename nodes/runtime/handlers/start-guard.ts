import { onInput } from './input';
import { spoken } from '../failures/failure-words';
import { nodeError } from '../node-error';
import { PendingWork } from './pending-work';
import { atFlowsStarted, type Closes, type FlowNode, type Runtime, type TakesInput } from '../runtime';
import { badges, StatusBadge } from '../status-badge';
import { onClose } from './close';

/** What is used of a node. */
type GuardedNode = Pick<FlowNode, 'status'> & TakesInput & Closes;

/**
 * Sets a node up. When its settings are no good (a dialog says so, but the environment can put anything in), the
 * node is there all the same: its status and Catch tell what is wrong, at start and for each message.
 */
export function startGuarded(RED: Runtime, node: GuardedNode, start: () => void): void {
  try {
    start();
  } catch (thrown) {
    const error = nodeError(thrown);
    const cancel = atFlowsStarted(RED, node, () => {
      new StatusBadge(RED, node).show(badges.error(error));
      node.error(spoken(RED, error), {});
    });
    onInput(RED, node, new PendingWork(), { read: () => undefined, act: () => Promise.reject(error) });
    onClose(node, cancel);
  }
}
