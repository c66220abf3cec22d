import { MAX_LABEL_BYTES } from '../../constants';
import { readUtf8, utf8 } from '../../bytes';
import { ToxAsyncError } from '../../errors';

/** The label that travels with a message's data (docs/PROTOCOL.md, "Extended content"): what a flow calls its topic. */

/** Unicode's control characters, U+0000 to 001F and 007F to 009F, and halves of surrogate pairs. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/** Whether a text can be a label: 1 to MAX_LABEL_BYTES bytes of UTF-8 without control characters. */
export function isLabel(text: string): boolean {
  return text !== '' && !UNFIT.test(text) && utf8(text).length <= MAX_LABEL_BYTES;
}

/** '' for no label. @throws ErrInvalidArgument over MAX_LABEL_BYTES, a control character, half a surrogate pair */
export function encodeLabel(label: string): Uint8Array {
  if (label !== '' && !isLabel(label)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A label is text of at most ${MAX_LABEL_BYTES} bytes without control characters. Shorten it, or leave it out.`,
    );
  }
  return utf8(label);
}

/** undefined for bytes that are no label. */
export function readLabel(bytes: Uint8Array): string | undefined {
  const label = bytes.length > MAX_LABEL_BYTES ? undefined : readUtf8(bytes);
  return label === undefined || UNFIT.test(label) ? undefined : label;
}
