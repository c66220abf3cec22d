import { copyOf, utf8 } from '../../bytes';
import { MAX_PAYLOAD_SIZE, MessageType } from '../../constants';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import { isTextType, PLAIN_TYPE, type InnerType } from '../../protocol/envelope/message-types';
import { packContent, type PackedContent } from '../../protocol/envelope/pack-content';
import type { MessageInput, SendOptions } from '../messages';
import { faithfulJson } from './faithful-json';

/**
 * What a caller wants to be sent, checked, copied and deflated where that pays. The caller's own bytes stay as they are.
 * @param type of a text
 * @returns `bytes` in memory of their own, to be wiped
 * @throws ErrMessageEmpty, ErrMessageTooLarge over MAX_PAYLOAD_SIZE bytes before deflating, ErrMalformed (text with half
 * of a surrogate pair), ErrInvalidArgument (type, label, `compress`, or JSON with something that has no JSON form)
 */
export function packOutgoing(
  crypto: Pick<CryptoProvider, 'wipe'>,
  content: MessageInput,
  type: number,
  { label = '', compress = 'auto' }: Pick<SendOptions, 'label' | 'compress'>,
): PackedContent {
  if (typeof label !== 'string') throw invalid('The label must be text. Leave it out for none.');
  if (!['auto', 'off'].includes(compress)) throw invalid("The option compress must be 'auto' or 'off'.");
  const inner = innerType(content, type);
  const bytes = bytesOf(content);
  try {
    checkSize(bytes.length);
    const packed = packContent({ inner, label, bytes }, compress === 'auto');
    if (packed.bytes !== bytes) crypto.wipe(bytes);
    return packed;
  } catch (error) {
    crypto.wipe(bytes);
    throw error;
  }
}

function innerType(content: MessageInput, type: number): InnerType {
  if (!isTextType(type)) throw invalid('The message type must be 0 (normal) or 1 (action).');
  if (typeof content === 'string') return type;
  if (type === MessageType.Action)
    throw invalid('Only text can be an action. Leave the type out for bytes and JSON.');
  return content instanceof Uint8Array ? PLAIN_TYPE.binary : PLAIN_TYPE.json;
}

function bytesOf(content: MessageInput): Uint8Array {
  if (typeof content === 'string') return utf8(content);
  if (content instanceof Uint8Array) return copyOf(content);
  if (isJson(content)) return utf8(faithfulJson(content.json, 'json'));
  throw invalid('The content must be text, bytes (a Uint8Array), or { json: value }.');
}

/** Whatever a caller without types gives. */
function isJson(content: unknown): content is { readonly json: unknown } {
  return typeof content === 'object' && content !== null && 'json' in content;
}

function checkSize(length: number): void {
  if (length === 0) {
    throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some content.');
  }
  if (length > MAX_PAYLOAD_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The message has ${length} bytes; the limit is ${MAX_PAYLOAD_SIZE}. Shorten it or send it in parts.`,
    );
  }
}

function invalid(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidArgument', text);
}
