import { readUtf8 } from '../../bytes';
import { MAX_MESSAGE_SIZE } from '../../constants';
import type { Content } from '../../protocol/envelope/content';
import { readJoinedLarge } from '../../protocol/envelope/large/split-large';
import { readMessageContent } from '../../protocol/envelope/message-content';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';

/** An ordinary Tox message. */
export interface PlainText {
  readonly type: 'normal' | 'action';
  readonly text: string;
}

/**
 * How an ordinary client gets a message: text and JSON as their text, without the label, which alone may be what made the
 * message large. undefined for bytes, and for
 * more than the MAX_MESSAGE_SIZE bytes of an ordinary message.
 */
export function plainTextOf({ type, data }: Content): PlainText | undefined {
  const message = readJoinedLarge({ type, data }) ?? readMessageContent(type, data);
  if (typeof message === 'string') return undefined;
  const { inner, bytes } = message;
  const fits = inner !== PLAIN_TYPE.binary && bytes.length <= MAX_MESSAGE_SIZE;
  const text = fits ? readUtf8(bytes) : undefined;
  if (bytes.buffer !== data.buffer) bytes.fill(0);
  return text === undefined ? undefined : { type: inner === PLAIN_TYPE.action ? 'action' : 'normal', text };
}
