import { isUtf8 } from 'node:buffer';
import { MAX_PAYLOAD_SIZE } from '../../constants';
import { readUtf8 } from '../../bytes';
import { inflate } from '../../platform/deflate';
import { decodeExtended, type ExtendedContent } from './extended-content';
import { isInnerType, PLAIN_TYPE, type InnerType } from './message-types';

/** What a user's message says (docs/PROTOCOL.md, "Types"), whatever form it travels in. */
export interface MessageContent {
  readonly inner: InnerType;
  /** '' for none. */
  readonly label: string;
  /** Of a text or JSON, its UTF-8. */
  readonly bytes: Uint8Array;
}

/** Whether `bytes` are what `inner` says. */
export function isPayload(inner: InnerType, bytes: Uint8Array): boolean {
  switch (inner) {
    case PLAIN_TYPE.normal:
    case PLAIN_TYPE.action:
      return isUtf8(bytes);
    case PLAIN_TYPE.binary:
      return true;
    case PLAIN_TYPE.json:
      return isJson(bytes);
  }
}

/**
 * A message of type 0 to 4 that is all there: one that is large must be put together first, and is 'unsupported' here.
 * @param data of any length; unless it is deflated, `bytes` is a view of it
 */
export function readMessageContent(
  type: number,
  data: Uint8Array,
): MessageContent | 'malformed' | 'unsupported' {
  const parts = partsOf(type, data);
  if (typeof parts === 'string') return parts;
  if (parts.isLarge) return 'unsupported';
  const { inner, label, isDeflated, rest } = parts;
  const bytes = isDeflated ? inflate(rest, MAX_PAYLOAD_SIZE) : rest;
  return bytes !== undefined && isPayload(inner, bytes) ? { inner, label, bytes } : 'malformed';
}

function partsOf(type: number, data: Uint8Array): ExtendedContent | 'malformed' | 'unsupported' {
  if (type === PLAIN_TYPE.extended) return decodeExtended(data);
  if (!isInnerType(type)) return 'unsupported';
  return { inner: type, isDeflated: false, isLarge: false, label: '', rest: data };
}

/** One value as RFC 8259 has it; a byte order mark is none of it. */
function isJson(bytes: Uint8Array): boolean {
  const text = readUtf8(bytes);
  if (text === undefined) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
