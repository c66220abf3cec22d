import { MAX_LABEL_BYTES } from '../../constants';
import { readUtf8, utf8 } from '../../bytes';
import { ToxAsyncError } from '../../errors';

/** The label that travels with a message's data (docs/PROTOCOL.md, "Extended content"): what a flow calls its topic. */

/** Unicode's control characters, U+0000 to 001F and 007F to 009F, and halves of surrogate pairs. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/** '' for no label. @throws ErrInvalidArgument over MAX_LABEL_BYTES, a control character, half a surrogate pair */
export function encodeLabel(label: string): Uint8Array {
  const bytes = UNFIT.test(label) ? undefined : utf8(label);
  if (bytes === undefined || bytes.length > MAX_LABEL_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A label is text of at most ${MAX_LABEL_BYTES} bytes without control characters. Shorten it, or leave it out.`,
    );
  }
  return bytes;
}

/** undefined for bytes that are no label. */
export function readLabel(bytes: Uint8Array): string | undefined {
  const label = bytes.length > MAX_LABEL_BYTES ? undefined : readUtf8(bytes);
  return label === undefined || UNFIT.test(label) ? undefined : label;
}
