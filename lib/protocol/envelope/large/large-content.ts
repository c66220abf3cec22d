import { MAX_PAYLOAD_SIZE } from '../../../constants';
import { ToxAsyncError } from '../../../errors';
import { inflate } from '../../../platform/deflate';
import type { Content } from '../content';
import { decodeExtended } from '../extended-content';
import { isPayload, type MessageContent } from '../message-content';
import { PLAIN_TYPE, type InnerType } from '../message-types';
import { decodeLargeHead, type LargeHead } from './large-head';

/** What the head of a large message says of it. */
export interface LargeContent extends LargeHead {
  readonly inner: InnerType;
  readonly isDeflated: boolean;
  /** '' for none. */
  readonly label: string;
}

/** Whether it is the head of a large message, if it is well-formed. Copies nothing of it. */
export function isLargeHead({ type, data }: Content): boolean {
  const parts = type === PLAIN_TYPE.extended ? decodeExtended(data) : 'none';
  return typeof parts !== 'string' && parts.isLarge;
}

/** 'none' for content that is not the head of a large message, whether it is well-formed or not. */
export function readLargeContent({ type, data }: Content): LargeContent | 'malformed' | 'none' {
  const parts = type === PLAIN_TYPE.extended ? decodeExtended(data) : 'none';
  if (typeof parts === 'string' || !parts.isLarge) return 'none';
  const { inner, isDeflated, label, rest } = parts;
  try {
    return { inner, isDeflated, label, ...decodeLargeHead(rest, data.length - rest.length) };
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed')) return 'malformed';
    throw error;
  }
}

/**
 * The message once all is there.
 * @param payload the total bytes
 * @returns `bytes` as a view of `payload` unless it is deflated
 */
export function joinLarge(
  { inner, isDeflated, label }: Pick<LargeContent, 'inner' | 'isDeflated' | 'label'>,
  payload: Uint8Array,
): MessageContent | 'malformed' {
  const bytes = isDeflated ? inflate(payload, MAX_PAYLOAD_SIZE) : payload;
  return bytes !== undefined && isPayload(inner, bytes) ? { inner, label, bytes } : 'malformed';
}
