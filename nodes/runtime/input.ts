import { nodeError } from './node-error';
import type { PendingWork } from './pending-work';
import type { FlowNode, IncomingMessage, Send } from './runtime';

export type InputHandler = (msg: IncomingMessage, send: Send) => Promise<void> | void;

/**
 * The one way in which a node takes messages. The runtime hears `done` on every path: without an argument when
 * the handler ended well, else with its error, which goes to Catch. (The runtime itself lets a rejected handler
 * end the whole process.)
 */
export function onInput(node: FlowNode, pending: PendingWork, handler: InputHandler): void {
  node.on('input', (msg, send, done) => {
    const handled = (async () => handler(msg, send))();
    pending
      .add(handled)
      .then(
        () => done(),
        (error: unknown) => done(nodeError(error)),
      )
      .catch((error: unknown) => node.warn(nodeError(error).message));
  });
}
