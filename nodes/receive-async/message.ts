import { toHex, type AsyncManager, type ReceivedMessage } from '../../lib/index';
import { friendFields } from '../session/friends/friend-names';
import type { Message } from '../runtime/runtime';
import { payloadOf, type PayloadFormat } from './payload';
import { topicOf } from './topic';

/** A received message as the flow gets it. Times are Unix milliseconds, ids and keys hexadecimal. */
export function flowMessage(
  manager: Pick<AsyncManager, 'nameOf'>,
  message: ReceivedMessage,
  format: PayloadFormat,
): Message {
  const { messageId, sender, kind, sentAt, receivedAt, via, redelivered } = message;
  return {
    payload: payloadOf(message, format),
    topic: topicOf(manager, message),
    ...friendFields(manager, sender),
    messageId: toHex(messageId),
    messageType: kind === 'action' ? 'action' : 'normal',
    ...(sentAt !== undefined && { sentAt }),
    receivedAt,
    via,
    ...(redelivered && { redelivered }),
  };
}
