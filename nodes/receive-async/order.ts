import { ToxAsyncError } from '../../lib/index';
import type { IncomingMessage } from '../runtime/runtime';
import { actionOf } from '../runtime/settings/setting-values';
import type { Session } from '../session/session';
import { acknowledge, acknowledgementOf, type Acknowledgement } from './acknowledgement';

export type ReceiveOrder = { readonly acknowledge: Acknowledgement } | { readonly again: boolean };

/** ErrInvalidArgument. */
export function orderOf(msg: IncomingMessage): ReceiveOrder {
  const action = actionOf(msg, ['retrieve', 'ack']);
  if (action === 'ack') return { acknowledge: acknowledgementOf(msg) };
  if (action === 'retrieve') return { again: msg.again === true };
  throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action to "retrieve" or "ack".');
}

/** Carries the order out at these sessions. One that fails to retrieve stops none of the others. */
export async function take(order: ReceiveOrder, node: string, sessions: readonly Session[]): Promise<void> {
  if ('acknowledge' in order) return acknowledge(order.acknowledge, node, sessions);
  const results = await Promise.allSettled(sessions.map((session) => retrieve(session, order.again, node)));
  const failed = results.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function retrieve(session: Session, again: boolean, node: string): Promise<void> {
  if (again) return session.inbox.again(node);
  const manager = await session.manager();
  return manager.retrieve();
}
