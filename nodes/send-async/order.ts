import {
  DEFAULT_MESSAGE_LIFETIME,
  faithfulJson,
  MessageType,
  ToxAsyncError,
  type MessageInput,
  type SendOptions,
} from '../../lib/index';
import { readPayload } from '../runtime/payload/payload';
import type { IncomingMessage } from '../runtime/runtime';
import { choiceOf, settingOr } from '../runtime/setting-values';
import { setting } from '../runtime/settings';
import { friendTexts, type GivenName } from '../session/friend-names';
import type { MessageContext } from '../session/outcome-router';
import { labelOf } from './label';
import { lifetimeOf, type Lifetime } from './lifetime';
import { overdueAfterOf } from './overdue-after';
import type { SendSettings } from './send-settings';

/** Of a topic or an id, to keep it for the outcomes; characters of its JSON. */
const LONGEST_KEPT = 1372;

/** Everything that one message is to be sent with. It shares nothing with the flow's message. */
export interface Order {
  readonly content: MessageInput;
  readonly type: MessageType;
  /** Names, keys or Tox IDs. */
  readonly friends: readonly GivenName[];
  /** Whether they came as a list: then the receipts are one, too. */
  readonly isList: boolean;
  readonly options: SendOptions;
  /** See Label. */
  readonly isLabelLeftOut: boolean;
  /** See Lifetime. */
  readonly clockUnset: boolean;
}

/**
 * What the node's settings and `msg` order together: a setting wins, the message fills what is blank.
 * @param node id of the send-async node
 * @param now Unix milliseconds
 * @throws ErrInvalidArgument, ErrMessageEmpty, ErrMessageTooLarge, ErrPayload, also for the node's own topic; ErrNotConfigured the node's own
 *   expiry has passed
 */
export function orderOf(settings: SendSettings, node: string, msg: IncomingMessage, now: number): Order {
  const kind =
    settings.messageType ??
    choiceOf<'normal' | 'action'>(msg.messageType, ['normal', 'action'], 'normal', 'messageType');
  const friend = settingOr(settings.friend, msg.friend);
  const { seconds, clockUnset } = lifetime(settings, msg, now);
  const overdueAfter = settings.overdueAfter ?? overdueAfterOf(msg.overdueAfter, 'overdueAfter');
  const content = contentOf(msg.payload, kind);
  const { label, isLeftOut } = labelOf(settings.topic, msg.topic);
  return {
    content,
    type: kind === 'action' ? MessageType.Action : MessageType.Normal,
    friends: friendTexts(friend),
    isList: Array.isArray(friend),
    options: {
      lifetime: seconds ?? DEFAULT_MESSAGE_LIFETIME,
      ...(overdueAfter !== undefined && { overdueAfter }),
      withoutKeys: settings.withoutKeys,
      label,
      compress: settings.compress,
      context: contextOf(node, msg),
    },
    isLabelLeftOut: isLeftOut,
    clockUnset,
  };
}

/** A copy. What a flow calls an action is text: nothing else can be one. */
function contentOf(payload: unknown, kind: 'normal' | 'action'): MessageInput {
  const read = readPayload(payload);
  if (read.kind === 'text') return read.text;
  if (kind === 'action') {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'Only text can be an action. Put text in msg.payload, or send the message as normal.',
    );
  }
  return read.kind === 'binary' ? read.bytes : { json: JSON.parse(read.text) as unknown };
}

function lifetime({ expires }: SendSettings, msg: IncomingMessage, now: number): Lifetime {
  if (expires === undefined) return lifetimeOf(msg.expires, now);
  return setting(expires, 'Expires', (value) => lifetimeOf(value, now));
}

function contextOf(node: string, { _msgid: msgid, topic }: IncomingMessage): MessageContext {
  return { node, ...kept('msgid', msgid), ...kept('topic', topic) };
}

/** Topics and ids are text by custom only: one that has no short JSON form is left out. */
function kept(name: 'msgid' | 'topic', value: unknown): Partial<Record<'msgid' | 'topic', unknown>> {
  const json = jsonOf(value, name);
  return json === undefined || json.length > LONGEST_KEPT ? {} : { [name]: JSON.parse(json) as unknown };
}

function jsonOf(value: unknown, name: string): string | undefined {
  try {
    return faithfulJson(value, name);
  } catch {
    return undefined;
  }
}
