import { copyOf } from '../../bytes';
import { MAX_MESSAGE_SIZE } from '../../constants';
import { deflate } from '../../platform/deflate';
import type { Content } from './content';
import { BUCKETS } from './envelope';
import { encodeExtended, EXTENDED_HEADER_BYTES } from './extended-content';
import { encodeLabel } from './label';
import type { MessageContent } from './message-content';
import { chunkCount, firstBytes } from './large/large-layout';
import { isTextType, PLAIN_TYPE, type InnerType } from './message-types';
import { PLAINTEXT_HEADER_BYTES } from './plaintext';

/** A message as it is to travel: deflated once, before it is accepted. */
export interface PackedContent {
  readonly inner: InnerType;
  readonly isDeflated: boolean;
  /** '' for none. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/**
 * @param compress deflates what is not text where that makes the envelope smaller or the chunks fewer
 * @returns `bytes` in memory of their own where they are deflated, else those given
 * @throws ErrInvalidArgument a label that is none
 */
export function packContent({ inner, label, bytes }: MessageContent, compress: boolean): PackedContent {
  const plain = { inner, label, bytes, isDeflated: false };
  const cost = costOf(plain);
  if (!compress || isTextType(inner) || cost === 0) return plain;
  const deflated = { ...plain, bytes: deflate(bytes), isDeflated: true };
  if (costOf(deflated) < cost) return deflated;
  deflated.bytes.fill(0);
  return plain;
}

/** The content of one envelope, in memory of its own; undefined for a message that needs more than one. */
export function singleContent(packed: PackedContent): Content | undefined {
  if (wireLength(packed) > MAX_MESSAGE_SIZE) return undefined;
  const { inner, label, bytes, isDeflated } = packed;
  if (!isExtended(packed)) return { type: inner, data: copyOf(bytes) };
  const data = encodeExtended({ inner, label, isDeflated, isLarge: false, rest: bytes });
  return { type: PLAIN_TYPE.extended, data };
}

function isExtended({ label, isDeflated }: PackedContent): boolean {
  return isDeflated || label !== '';
}

/** Bytes of the content if one envelope had room for all. */
function wireLength(packed: PackedContent): number {
  if (!isExtended(packed)) return packed.bytes.length;
  return EXTENDED_HEADER_BYTES + encodeLabel(packed.label).length + packed.bytes.length;
}

/** What a message costs, to compare: the number of its envelope's bucket, or beyond them the number of its chunks. */
function costOf(packed: PackedContent): number {
  const length = PLAINTEXT_HEADER_BYTES + wireLength(packed);
  const bucket = BUCKETS.findIndex((size) => length <= size);
  if (bucket >= 0) return bucket;
  const first = firstBytes(encodeLabel(packed.label).length);
  return BUCKETS.length + chunkCount({ total: packed.bytes.length, first });
}
