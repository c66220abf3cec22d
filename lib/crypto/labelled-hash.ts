import { ToxAsyncError } from '../errors';
import type { CryptoProvider } from './provider';

const DOMAIN = 'tox-async/1/';

/** Where most inputs are joined: memory for each alone would cost as much as the hash. All zeros between two calls. */
const SCRATCH = new Uint8Array(512);

/**
 * H(label, p1, ..., pn) = SHA-256(len8(L) || L || len16(p1) || p1 || ...) with L = "tox-async/1/" + label
 * (docs/PROTOCOL.md, "Notation"). Lengths are in it, so no two lists of parts hash the same bytes. The joined
 * bytes are wiped: parts may be secrets.
 * @param label ASCII
 * @throws ErrInvalidArgument a label over 255 or a part over 65,535 bytes
 */
export function labelledHash(crypto: CryptoProvider, label: string, ...parts: Uint8Array[]): Uint8Array {
  const name = DOMAIN + label;
  let length = 1 + name.length;
  for (const part of parts) length += 2 + part.length;
  if (name.length > 0xff || parts.some((part) => part.length > 0xffff)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'A labelled hash takes a label of at most 243 and parts of at most 65,535 bytes each.',
    );
  }
  const joined = length <= SCRATCH.length ? SCRATCH.subarray(0, length) : new Uint8Array(length);
  joined[0] = name.length;
  for (let i = 0; i < name.length; i += 1) joined[1 + i] = name.charCodeAt(i);
  let offset = 1 + name.length;
  for (const part of parts) {
    joined[offset] = part.length >> 8;
    joined[offset + 1] = part.length;
    joined.set(part, offset + 2);
    offset += 2 + part.length;
  }
  const digest = crypto.sha256(joined);
  crypto.wipe(joined);
  return digest;
}
