import { systemPlatform, type Timers } from '../../../lib/index';
import { guarded } from './guard';
import { nodeError } from '../node-error';
import { within } from './pending-work';
import type { Closes } from '../runtime';

/** Longest close, milliseconds: a deploy waits for it. What is still under way then goes on by itself. */
const CLOSE_BUDGET = 2_000;
/** Longest wait for work in flight when a node closes, milliseconds. */
export const FLUSH_BUDGET = 1_000;

/**
 * The one way in which a node closes. The runtime waits only for a handler that declares `done`, so this one
 * does, and calls it on every path. `removed` is true when the node is gone for good.
 * @param options.underWay what the handler is doing now, for the log when it takes too long
 */
export function onClose(
  node: Closes,
  handler: (removed: boolean) => Promise<void> | void,
  options: { readonly underWay?: () => string; readonly timers?: Timers } = {},
): void {
  const { underWay = () => 'work in flight', timers = systemPlatform.timers } = options;
  const late = () =>
    node.warn(
      `Closing takes longer than ${CLOSE_BUDGET / 1000} s, and Node-RED continues without it. Still in progress: ${underWay()}.`,
    );
  node.on('close', (removed: boolean, done: () => void) => {
    const closed = (async () => handler(removed))();
    within(closed, CLOSE_BUDGET, timers, late)
      .catch((error: unknown) => guarded(() => node.warn(nodeError(error).message)))
      .finally(() => guarded(done, (error) => node.warn(error.message)));
  });
}
