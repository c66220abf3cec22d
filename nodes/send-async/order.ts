import { DEFAULT_MESSAGE_LIFETIME, MessageType, ToxAsyncError, type SendOptions } from '../../lib/index';
import type { MessageContext } from '../session/outcome-router';
import { payloadText } from '../runtime/payload';
import type { IncomingMessage, SessionConfig } from '../runtime/runtime';
import { choiceOf, isBlank, settingOr } from '../runtime/setting-values';
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

/** A topic or id longer than this is not kept for the outcomes, characters of JSON. */
const LONGEST_KEPT = 1_500;

/**
 * What the node's settings and `msg` order together: a setting wins, the message fills what is blank.
 * @throws ErrInvalidArgument, also for any `msg.action`: what is meant as an order must not go out as a message
 */
export function orderOf(config: SendAsyncConfig, msg: IncomingMessage, now: number): Order {
  if (!isBlank(msg.action)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'send-async has no actions in this version, so nothing was sent. Remove msg.action from messages that you want to send.',
    );
  }
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
      withoutKeys: choiceOf(config.withoutKeys, ['queue', 'error'], 'queue', 'The setting for missing keys'),
      context: contextOf(config.id, msg),
    },
  };
}

function contextOf(node: string, { _msgid: msgid, topic }: IncomingMessage): MessageContext {
  return { node, ...(isShort(msgid) && { msgid }), ...(isShort(topic) && { topic }) };
}

/** Topics and ids are text by custom only: one that has no short JSON form is left out. */
function isShort(value: unknown): boolean {
  if (value === undefined) return false;
  try {
    return JSON.stringify(value).length <= LONGEST_KEPT;
  } catch {
    return false;
  }
}
