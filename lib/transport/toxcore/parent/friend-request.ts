import { fromHex, sameBytes, utf8 } from '../../../bytes';
import { checkPublicKey } from '../../../crypto/public-key';
import { ToxAsyncError } from '../../../errors';
import { formatToxId, parseToxId } from '../../../identity/tox-id';
import type { PublicKey } from '../../../types';

/**
 * Longest text of a friend request, bytes. libtoxcore 0.2.18 accepts 1,016, but a request with more than these never
 * arrives: onion packets have no more room.
 */
const MAX_REQUEST = 943;

/**
 * Who a friend request goes to: the key, and the 38 bytes of the Tox ID as libtoxcore takes them.
 * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient (our own ID), ErrInvalidArgument (the text)
 */
export function friendRequest(
  toxId: string,
  message: string,
  self: PublicKey,
): { readonly publicKey: PublicKey; readonly address: Uint8Array } {
  const { publicKey, nospam } = parseToxId(toxId);
  checkPublicKey(publicKey, 'The key in the Tox ID');
  if (sameBytes(publicKey, self)) {
    throw new ToxAsyncError('ErrInvalidRecipient', 'This is our own Tox ID. Use the Tox ID of the friend.');
  }
  const bytes = utf8(message).length;
  if (bytes === 0 || bytes > MAX_REQUEST) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A friend request must have a text of 1 to ${MAX_REQUEST} bytes of UTF-8; this one has ${bytes}.`,
    );
  }
  return { publicKey, address: fromHex(formatToxId(publicKey, nospam)) ?? new Uint8Array() };
}
