import { toHex, type AsyncManager, type ReceivedMessage } from '../../lib/index';
import { friendFields } from '../session/friend-names';
import type { Message } from '../runtime/runtime';

/** A received message as the flow gets it. Times are Unix milliseconds, ids and keys hexadecimal. */
export function flowMessage(manager: AsyncManager, message: ReceivedMessage): Message {
  const { messageId, sender, kind, sentAt, receivedAt, via, redelivered } = message;
  const from = friendFields(manager, sender);
  return {
    payload: kind === 'binary' ? Buffer.from(message.content) : message.content,
    topic: message.label ?? from.friendName ?? from.friend,
    ...from,
    messageId: toHex(messageId),
    messageType: kind === 'action' ? 'action' : 'normal',
    ...(sentAt !== undefined && { sentAt }),
    receivedAt,
    via,
    ...(redelivered && { redelivered }),
  };
}
