import { concat, utf8 } from '../bytes';
import { ToxAsyncError } from '../errors';
import type { CryptoProvider } from './provider';

const DOMAIN = 'tox-async/1/';

/**
 * H(label, p1, ..., pn) = SHA-256(len8(L) || L || len16(p1) || p1 || ...) with L = "tox-async/1/" + label
 * (docs/PROTOCOL.md, "Notation"). Lengths are in it, so no two lists of parts hash the same bytes. The joined
 * bytes are wiped: parts may be secrets.
 * @throws ErrInvalidArgument a label over 255 or a part over 65,535 bytes
 */
export function labelledHash(crypto: CryptoProvider, label: string, ...parts: Uint8Array[]): Uint8Array {
  const name = utf8(DOMAIN + label);
  if (name.length > 0xff || parts.some((part) => part.length > 0xffff)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'A labelled hash takes parts of at most 65,535 bytes each.',
    );
  }
  const prefixed = parts.flatMap((part) => [new Uint8Array([part.length >> 8, part.length & 0xff]), part]);
  const joined = concat(new Uint8Array([name.length]), name, ...prefixed);
  const digest = crypto.sha256(joined);
  crypto.wipe(joined);
  return digest;
}
