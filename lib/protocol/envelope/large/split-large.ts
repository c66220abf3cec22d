import type { CryptoProvider } from '../../../crypto/provider';
import type { Content } from '../content';
import { encodeExtended, extendedFlags, decodeExtended } from '../extended-content';
import { encodeLabel } from '../label';
import { malformed } from '../../byte-reader';
import type { MessageContent } from '../message-content';
import { PLAIN_TYPE } from '../message-types';
import type { PackedContent } from '../pack-content';
import { chunkCount, chunkRange, firstBytes, type LargeLayout } from './large-layout';
import { joinLarge } from './large-content';
import { encodeLargeHead } from './large-head';
import { payloadKey } from './payload-key';

/** A large message in the pieces in which it travels. */
export interface SplitLarge {
  /** Opens the chunks, 32 bytes. */
  readonly key: Uint8Array;
  /** Data of the head, of type 4. */
  readonly head: Uint8Array;
  /** The bytes of each chunk, as views of what was split. */
  readonly chunks: readonly Uint8Array[];
}

/** The data of type 4 as its sender keeps it: as if one envelope had room for the whole payload. */
export function joinedLarge({ inner, label, isDeflated, bytes }: PackedContent): Uint8Array {
  return encodeExtended({ inner, label, isDeflated, isLarge: true, rest: bytes });
}

/** What that data says, `bytes` as a view of it unless they are deflated; undefined for data of another kind. */
export function readJoinedLarge({ type, data }: Content): MessageContent | 'malformed' | undefined {
  const content = type === PLAIN_TYPE.extended ? decodeExtended(data) : undefined;
  if (typeof content !== 'object' || !content.isLarge) return undefined;
  return joinLarge(content, content.rest);
}

/** How many chunks a message of this content has. @throws ErrInvalidArgument a label that is none */
export function chunksOf({ label, bytes }: Pick<PackedContent, 'label' | 'bytes'>): number {
  return chunkCount({ total: bytes.length, first: firstBytes(encodeLabel(label).length) });
}

/**
 * The pieces of what `joinedLarge` gave: the same each time, so that they need not be kept.
 * @param secret the 32 bytes in the vault slot under which the message lies
 * @throws ErrMalformed other data
 */
export function splitLarge(
  crypto: CryptoProvider,
  { data, secret, messageId }: { data: Uint8Array; secret: Uint8Array; messageId: Uint8Array },
): SplitLarge {
  const content = decodeExtended(data);
  if (typeof content === 'string' || !content.isLarge) throw malformed('large message', 'it is none');
  const { inner, rest } = content;
  const label = encodeLabel(content.label);
  const layout: LargeLayout = { total: rest.length, first: firstBytes(label.length) };
  const key = payloadKey(crypto, {
    secret,
    messageId,
    inner,
    flags: extendedFlags(content),
    label,
    data: rest,
  });
  const first = rest.subarray(0, layout.first);
  const head = encodeExtended({ ...content, rest: encodeLargeHead({ total: layout.total, key, first }) });
  const chunks = Array.from({ length: chunkCount(layout) }, (_, index) => {
    const { from, to } = chunkRange(layout, index);
    return rest.subarray(from, to);
  });
  return { key, head, chunks };
}
