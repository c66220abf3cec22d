import { toHex, type AsyncManager, type ReceivedMessage } from '../../lib/index';
import { friendFields } from '../session/friend-names';
import type { Message } from '../runtime/runtime';

/** A received message as the flow gets it. Times are Unix milliseconds, ids and keys hexadecimal. */
export function flowMessage(manager: Pick<AsyncManager, 'nameOf'>, message: ReceivedMessage): Message {
  const { messageId, sender, kind, sentAt, receivedAt, via, redelivered } = message;
  const from = friendFields(manager, sender);
  return {
    payload: payloadOf(message),
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

/** Deepest nesting of lists and objects that a flow gets as such, levels: nodes copy and print what they get. */
const DEEPEST = 500;

/** As it was sent, for this message alone: several nodes may get it. JSON that is nested beyond measure is its text. */
function payloadOf(message: ReceivedMessage): unknown {
  switch (message.kind) {
    case 'text':
    case 'action':
      return message.content;
    case 'binary':
      return Buffer.from(message.content);
    case 'json':
      return depthOf(message.jsonText) > DEEPEST
        ? message.jsonText
        : (JSON.parse(message.jsonText) as unknown);
  }
}

/** Levels of lists and objects in a JSON text, counted without going down into them. */
function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  for (const [mark] of json.matchAll(/"(?:[^"\\]+|\\.)*"|[[\]{}]/g)) {
    if (mark === '[' || mark === '{') deepest = Math.max(deepest, (depth += 1));
    else if (mark === ']' || mark === '}') depth -= 1;
  }
  return deepest;
}
