import { toHex, type Outcome, type SendReceipt } from '../../lib/index';
import type { MessageContext } from '../session/outcome-router';
import type { Message } from '../runtime/runtime';

/** `msg.receipt` of the first output. Times are Unix milliseconds, ids and keys hexadecimal. */
export function receiptFields({ messageId, friend, state, reason, createdAt, expiresAt }: SendReceipt) {
  return {
    messageId: toHex(messageId),
    friend: toHex(friend),
    state,
    ...(reason !== undefined && { reason }),
    createdAt,
    expiresAt,
  };
}

/** A message of the second output: a later outcome, under the id and topic of the message that was sent. */
export function outcomeMessage(outcome: Outcome, { msgid, topic }: MessageContext): Message {
  const receipt: Record<string, unknown> = {
    ...outcome,
    messageId: toHex(outcome.messageId),
    friend: toHex(outcome.friend),
  };
  delete receipt.context;
  return {
    ...({ ...(msgid !== undefined && { _msgid: msgid }), ...(topic !== undefined && { topic }) } as Pick<
      Message,
      '_msgid' | 'topic'
    >),
    payload: outcome.state,
    friend: receipt.friend,
    receipt,
  };
}
