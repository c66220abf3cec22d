import { ToxAsyncError } from '../../lib/index';
import { messageIdOf } from '../runtime/message-id';
import type { IncomingMessage } from '../runtime/runtime';
import { actionOf } from '../runtime/setting-values';
import type { Session } from '../session/session';

export type ReceiveOrder =
  | {
      readonly acknowledge: Uint8Array;
      /** Name of the session that has the message; undefined where there is only one, or the flow does not say. */
      readonly session: string | undefined;
    }
  | { readonly again: boolean };

/** ErrInvalidArgument. */
export function orderOf(msg: IncomingMessage): ReceiveOrder {
  const action = actionOf(msg, ['retrieve', 'ack']);
  if (action === 'ack') {
    const { session } = msg as { readonly session?: unknown };
    return {
      acknowledge: messageIdOf(msg.messageId),
      session: typeof session === 'string' ? session : undefined,
    };
  }
  if (action === 'retrieve') return { again: msg.again === true };
  throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action to "retrieve" or "ack".');
}

/** Carries the order out at each of these sessions. One that fails stops none of the others. */
export async function take(order: ReceiveOrder, node: string, sessions: readonly Session[]): Promise<void> {
  const results = await Promise.allSettled(sessions.map((session) => takeAt(session, order, node)));
  const failed = results.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function takeAt(session: Session, order: ReceiveOrder, node: string): Promise<void> {
  if ('acknowledge' in order) return session.inbox.acknowledge(node, order.acknowledge);
  if (order.again) return session.inbox.again(node);
  const manager = await session.manager();
  return manager.retrieve();
}
