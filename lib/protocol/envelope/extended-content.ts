import { ToxAsyncError } from '../../errors';
import { encodeLabel, readLabel } from './label';
import { isInnerType, isTextType, type InnerType } from './message-types';

/**
 * Data of type 4 (docs/PROTOCOL.md, "Extended content"): inner type 1 | flags 1 | label length 1 | label | rest. The
 * rest is the data, or of a large message what its head holds.
 */

/** Bytes before the label. */
export const EXTENDED_HEADER_BYTES = 3;

const DEFLATED = 0x01;
const LARGE = 0x02;

export interface ExtendedContent {
  readonly inner: InnerType;
  /** Raw DEFLATE; never of a text. */
  readonly isDeflated: boolean;
  readonly isLarge: boolean;
  /** '' for none. */
  readonly label: string;
  readonly rest: Uint8Array;
}

/** The byte of the flags. */
export function extendedFlags({
  isDeflated,
  isLarge,
}: Pick<ExtendedContent, 'isDeflated' | 'isLarge'>): number {
  return (isDeflated ? DEFLATED : 0) | (isLarge ? LARGE : 0);
}

/** Any length of `rest`. @throws ErrInvalidArgument a label that is none, or a deflated text */
export function encodeExtended(content: ExtendedContent): Uint8Array {
  const { inner, isDeflated, label, rest } = content;
  if (isDeflated && isTextType(inner)) {
    throw new ToxAsyncError('ErrInvalidArgument', 'Text is never deflated. Send it as it is.');
  }
  const labelBytes = encodeLabel(label);
  const restAt = EXTENDED_HEADER_BYTES + labelBytes.length;
  const data = new Uint8Array(restAt + rest.length);
  data.set([inner, extendedFlags(content), labelBytes.length]);
  data.set(labelBytes, EXTENDED_HEADER_BYTES);
  data.set(rest, restAt);
  return data;
}

/**
 * The parts, `rest` as a view. Whether `rest` is what the inner type and the flags say is not looked at.
 * 'unsupported': an inner type or a flag of a later version, which is all that is looked at then.
 */
export function decodeExtended(data: Uint8Array): ExtendedContent | 'malformed' | 'unsupported' {
  const [inner, flags, length] = data;
  if (inner === undefined) return 'malformed';
  if (!isInnerType(inner) || (flags !== undefined && (flags & ~(DEFLATED | LARGE)) !== 0))
    return 'unsupported';
  if (flags === undefined || length === undefined) return 'malformed';
  const isDeflated = (flags & DEFLATED) !== 0;
  if (isDeflated && isTextType(inner)) return 'malformed';
  const restAt = EXTENDED_HEADER_BYTES + length;
  const label = restAt > data.length ? undefined : readLabel(data.subarray(EXTENDED_HEADER_BYTES, restAt));
  if (label === undefined) return 'malformed';
  return { inner, isDeflated, isLarge: (flags & LARGE) !== 0, label, rest: data.subarray(restAt) };
}
