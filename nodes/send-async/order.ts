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
import { choiceOf, flagOf, textOf } from '../runtime/settings/setting-values';
import { setting } from '../runtime/settings/settings';
import { whenAll, type Eventually } from '../runtime/typed/eventually';
import type { TypedInput } from '../runtime/typed/typed-input';
import { friendTexts, type GivenName } from '../session/friends/friend-names';
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
 * What the node's settings and `msg` order together: a setting wins, the message fills what is blank. The message is
 * read before this returns; values that lie in a context store or come of an expression may come later.
 * @param node id of the send-async node
 * @param now Unix milliseconds
 * @throws at once or later: ErrInvalidArgument, ErrMessageEmpty, ErrMessageTooLarge, ErrPayload, also for a topic that
 *   the node chooses; ErrNotConfigured the node's own expiry has passed
 */
export function orderOf(
  settings: SendSettings,
  node: string,
  msg: IncomingMessage,
  now: number,
): Eventually<Order> {
  const kind =
    settings.messageType ??
    choiceOf<'normal' | 'action'>(msg.messageType, ['normal', 'action'], 'normal', 'messageType');
  const context = contextOf(node, msg);
  const urgent = settings.urgent ?? flagOf(msg.urgent, 'urgent');
  const whenFull =
    settings.whenFull ??
    choiceOf<'error' | 'drop-oldest'>(msg.whenFull, ['error', 'drop-oldest'], 'error', 'whenFull');
  const { payload, friend, topic, expires, overdueAfter, replaces, withoutKeys, compress } = settings;
  const parts = {
    named: friend.read(msg, (value) => ({ friends: friendTexts(value), isList: Array.isArray(value) })),
    life: expires.read(msg, (value) => lifetime(value, expires.origin, now)),
    overdue: overdueAfter.read(msg, (value) => ({ after: overdueAfterOf(value, 'overdueAfter') })),
    replaced: replaces.read(msg, (value) => ({ name: textOf(value, 'replaces') })),
    content: payload.read(msg, (value) => contentOf(value, kind, payload.name)),
    labelled: topic.read(msg, (value) => labelOf(value, topic)),
  };
  return whenAll(parts, ({ named, life, overdue, replaced, content, labelled }) => ({
    content,
    type: kind === 'action' ? MessageType.Action : MessageType.Normal,
    ...named,
    options: {
      lifetime: life.seconds ?? DEFAULT_MESSAGE_LIFETIME,
      ...(overdue.after !== undefined && { overdueAfter: overdue.after }),
      ...(replaced.name !== '' && { replaces: replaced.name }),
      ...(urgent && { urgent }),
      ...(whenFull !== 'error' && { whenFull }),
      withoutKeys,
      label: labelled.label,
      compress,
      context,
    },
    isLabelLeftOut: labelled.isLeftOut,
    clockUnset: life.clockUnset,
  }));
}

/** A copy. What a flow calls an action is text: nothing else can be one. */
function contentOf(payload: unknown, kind: 'normal' | 'action', name: string): MessageInput {
  const read = readPayload(payload, name);
  if (read.kind === 'text') return read.text;
  if (kind === 'action') {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'Only text can be an action. Make the payload text, or send the message as normal.',
    );
  }
  return read.kind === 'binary' ? read.bytes : { json: JSON.parse(read.text) as unknown };
}

/** A time that the node itself says and that has passed is a fault of its settings. */
function lifetime(expires: unknown, origin: TypedInput['origin'], now: number): Lifetime {
  return origin === 'setting'
    ? setting(expires, 'Expires', (value) => lifetimeOf(value, now))
    : lifetimeOf(expires, now);
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
