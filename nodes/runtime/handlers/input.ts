import { copyable } from '../copyable';
import { guarded } from './guard';
import { spoken } from '../failures/failure-words';
import { nodeError } from '../node-error';
import type { PendingWork } from './pending-work';
import { withFields, type IncomingMessage, type Message, type Runtime, type TakesInput } from '../runtime';

/** What a handler can do with the message that it was given. */
export interface Reply {
  /** Sends the message on with these fields, from the output of this number (0 is the first). */
  answer(fields: Message & Record<string, unknown>, output?: number): void;
  /** Tells Catch of an error that does not end the handler. */
  report(error: unknown): void;
  /** The same for a later answer, which takes a copy of the message as it is now. */
  another(): Reply;
}

/**
 * How a node takes a message. What the message orders is read before anything is awaited, because another branch of
 * the flow may change it at any time: `act` therefore never sees the message.
 */
export interface InputHandler<T> {
  /** Copies what is needed of the message. */
  readonly read: (msg: IncomingMessage) => T;
  readonly act: (order: T, reply: Reply) => Promise<void> | void;
}

/**
 * The one way in which a node takes messages. The runtime hears `done` on every path: without an argument when
 * the handler ended well, else with its error, which goes to Catch. (The runtime itself lets a rejected handler
 * end the whole process.)
 */
export function onInput<T>(
  RED: Runtime,
  node: TakesInput,
  pending: PendingWork,
  { read, act }: InputHandler<T>,
): void {
  node.on('input', (msg, send, done) => {
    const replyWith = (own: IncomingMessage): Reply => ({
      answer: (fields, output = 0) => send([...Array<null>(output).fill(null), withFields(own, fields)]),
      report: (error) => {
        const said = spoken(RED, error);
        tellCatch(RED, node, said, own, () => node.error(said, own));
      },
      another: () => replyWith(RED.util.cloneMessage(own)),
    });
    pending
      .add((async () => act(read(msg), replyWith(msg)))())
      .then(
        () => done(),
        (error: unknown) => {
          const said = spoken(RED, error);
          tellCatch(RED, node, said, msg, () => done(said));
        },
      )
      // A Complete node gets a copy, too.
      .catch((error: unknown) => node.error(nodeError(error), copyable(RED, msg)))
      .catch((error: unknown) => guarded(() => node.warn(nodeError(error).message)));
  });
}

/** Tells Catch by `tell`, which copies the message; where that fails, Catch gets what can be copied of it. */
function tellCatch(
  RED: Runtime,
  node: TakesInput,
  error: Error,
  msg: IncomingMessage,
  tell: () => void,
): void {
  try {
    tell();
  } catch {
    node.error(error, copyable(RED, msg));
  }
}
