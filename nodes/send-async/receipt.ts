import { toHex, type AsyncManager, type Outcome, type QueuedReason, type SendReceipt } from '../../lib/index';
import type { Message } from '../runtime/runtime';
import { friendFields } from '../session/friends/friend-names';
import type { MessageContext } from '../session/outcome-router';
import type { Order } from './order';

/** `msg.receipt` of the first output. Times are Unix milliseconds, ids and keys hexadecimal. */
export interface FlowReceipt {
  readonly messageId: string;
  readonly friend: string;
  readonly friendName?: string;
  readonly state: 'queued';
  readonly reason?: QueuedReason;
  /** With reason 'refused': what the storage nodes said. */
  readonly code?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The message has a topic that cannot travel, and goes without. */
  readonly label?: 'left-out';
}

export function receiptFields(
  manager: AsyncManager,
  receipt: SendReceipt,
  { isLabelLeftOut }: Pick<Order, 'isLabelLeftOut'>,
): FlowReceipt {
  const { messageId, friend, state, reason, code, createdAt, expiresAt } = receipt;
  return {
    messageId: toHex(messageId),
    ...friendFields(manager, friend),
    state,
    ...(reason !== undefined && { reason }),
    ...(code !== undefined && { code }),
    createdAt,
    expiresAt,
    ...(isLabelLeftOut && { label: 'left-out' as const }),
  };
}

/**
 * A message of the second output: a later outcome, under the id and topic of the message that was sent.
 * @param manager undefined when the session is closing: then nobody has a name
 */
export function outcomeMessage(
  manager: AsyncManager | undefined,
  { context: _, ...outcome }: Outcome,
  { msgid, topic }: MessageContext,
): Message {
  const { friend } = outcome;
  const named = manager === undefined ? { friend: toHex(friend) } : friendFields(manager, friend);
  const own = { ...(msgid !== undefined && { _msgid: msgid }), ...(topic !== undefined && { topic }) };
  return {
    ...(own as Pick<Message, '_msgid' | 'topic'>),
    payload: outcome.state,
    ...named,
    receipt: { ...outcome, ...named, messageId: toHex(outcome.messageId) },
  };
}
