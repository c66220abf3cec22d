import { onInput } from './input';
import { nodeError } from '../node-error';
import { PendingWork } from './pending-work';
import { atFlowsStarted, type FlowNode, type Runtime } from '../runtime';
import { badges, StatusBadge } from '../status-badge';
import { onClose } from './close';

/**
 * Sets a node up. When its settings are no good (a dialog says so, but the environment can put anything in), the
 * node is there all the same: its status and Catch tell what is wrong, at start and for each message.
 */
export function startGuarded(RED: Runtime, node: FlowNode, start: () => void): void {
  try {
    start();
  } catch (thrown) {
    const error = nodeError(thrown);
    const cancel = atFlowsStarted(RED, node, () => {
      new StatusBadge(RED, node).show(badges.error(error));
      node.error(error, {});
    });
    onInput(RED, node, new PendingWork(), { read: () => undefined, act: () => Promise.reject(error) });
    onClose(node, cancel);
  }
}
