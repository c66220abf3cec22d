import { MessageType, toHex, type AsyncManager, type ReceivedMessage } from '../../lib/index';
import { friendFields } from '../session/friend-names';
import type { Message } from '../runtime/runtime';

/** A received message as the flow gets it. Times are Unix milliseconds, ids and keys hexadecimal. */
export function flowMessage(manager: AsyncManager, message: ReceivedMessage): Message {
  const { messageId, sender, type, data, text, sentAt, receivedAt, via, redelivered } = message;
  const from = friendFields(manager, sender);
  return {
    // Bytes that are not UTF-8 have no text.
    payload: text === '' && data.length > 0 ? Buffer.from(data) : text,
    topic: from.friendName ?? from.friend,
    ...from,
    messageId: toHex(messageId),
    messageType: type === MessageType.Action ? 'action' : 'normal',
    ...(sentAt !== undefined && { sentAt }),
    receivedAt,
    via,
    ...(redelivered && { redelivered }),
  };
}
