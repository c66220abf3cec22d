import { utf8 } from '../../../bytes';
import { labelledHash } from '../../../crypto/labelled-hash';
import type { CryptoProvider } from '../../../crypto/provider';
import { ToxAsyncError } from '../../../errors';

/** Of a name that messages of one value share, in UTF-8. */
const MAX_VALUE_NAME_BYTES = 255;

const HASH_BYTES_KEPT = 16;

/**
 * H("value-name", name)[:16]: what the outbox keeps of the name of a value (docs/PROTOCOL.md, "Sending").
 * @throws ErrInvalidArgument
 */
export function valueNameOf(crypto: CryptoProvider, name: string): Uint8Array {
  const bytes = utf8(name);
  if (bytes.length === 0 || bytes.length > MAX_VALUE_NAME_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `replaces is a name of 1 to ${MAX_VALUE_NAME_BYTES} bytes. Leave it out for a message that replaces no other.`,
    );
  }
  return labelledHash(crypto, 'value-name', bytes).slice(0, HASH_BYTES_KEPT);
}
