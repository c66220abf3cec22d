import { DEFAULT_MESSAGE_LIFETIME, MessageType, type SendOptions } from '../../lib/index';
import type { MessageContext } from '../shared/outcome-router';
import { payloadText } from '../shared/payload';
import type { IncomingMessage, SessionConfig } from '../shared/runtime';
import { choiceOf, settingOr } from '../shared/settings';
import { lifetimeOf } from './lifetime';

export interface SendAsyncConfig extends SessionConfig {
  readonly friend?: string;
  readonly messageType?: string;
  readonly expires?: string;
  readonly withoutKeys?: string;
}

/** Everything that one message to `friend` (a name or key, or a list of them) is to be sent with. */
export interface Order {
  readonly text: string;
  readonly type: MessageType;
  readonly friend: unknown;
  readonly options: SendOptions;
}

/** A topic longer than this is not kept for the outcomes, characters of JSON. */
const LONGEST_TOPIC = 2_000;

/** What the node's settings and `msg` order together: a setting wins, the message fills what is blank. */
export function orderOf(config: SendAsyncConfig, msg: IncomingMessage, now: number): Order {
  const kind = choiceOf(
    settingOr(config.messageType, msg.messageType),
    ['normal', 'action'],
    'normal',
    'messageType',
  );
  return {
    text: payloadText(msg.payload),
    type: kind === 'action' ? MessageType.Action : MessageType.Normal,
    friend: settingOr(config.friend, msg.friend),
    options: {
      lifetime: lifetimeOf(settingOr(config.expires, msg.expires), now) ?? DEFAULT_MESSAGE_LIFETIME,
      withoutKeys: choiceOf(config.withoutKeys, ['queue', 'error'], 'queue', 'When there are no keys'),
      context: contextOf(config.id, msg),
    },
  };
}

function contextOf(node: string, { _msgid: msgid, topic }: IncomingMessage): MessageContext {
  return { node, msgid, ...(isShort(topic) && { topic }) };
}

/** Topics are text by custom only: one that has no short JSON form is left out. */
function isShort(topic: unknown): boolean {
  if (topic === undefined) return false;
  try {
    return JSON.stringify(topic).length <= LONGEST_TOPIC;
  } catch {
    return false;
  }
}
