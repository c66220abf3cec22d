import { concat, utf8 } from '../bytes';
import { ToxAsyncError } from '../errors';
import { HASH_BYTES } from './lengths';
import type { CryptoProvider } from './provider';

const DOMAIN = 'tox-async/1/';

/** Where most inputs are joined: memory for each alone would cost as much as the hash. All zeros between two calls. */
const SCRATCH = new Uint8Array(512);
/** By label: there are a dozen. */
const STARTS = new Map<string, Uint8Array>();

/**
 * H(label, p1, ..., pn) = SHA-256(len8(L) || L || len16(p1) || p1 || ...) with L = "tox-async/1/" + label
 * (docs/PROTOCOL.md, "Notation"). Lengths are in it, so no two lists of parts hash the same bytes. The joined
 * bytes are wiped: parts may be secrets.
 * @param label ASCII
 * @throws ErrInvalidArgument a label over 255 or a part over 65,535 bytes
 */
export function labelledHash(crypto: CryptoProvider, label: string, ...parts: Uint8Array[]): Uint8Array {
  return labelledHashInto(new Uint8Array(HASH_BYTES), crypto, label, ...parts);
}

/** The same, put into `target` (32 bytes). @returns `target` */
export function labelledHashInto(
  target: Uint8Array,
  crypto: CryptoProvider,
  label: string,
  ...parts: Uint8Array[]
): Uint8Array {
  const start = startOf(label);
  let length = start.length;
  for (const part of parts) {
    if (part.length > 0xffff) throw tooLong();
    length += 2 + part.length;
  }
  const joined = length <= SCRATCH.length ? SCRATCH.subarray(0, length) : new Uint8Array(length);
  try {
    joined.set(start);
    let offset = start.length;
    for (const part of parts) {
      joined[offset] = part.length >> 8;
      joined[offset + 1] = part.length;
      joined.set(part, offset + 2);
      offset += 2 + part.length;
    }
    crypto.sha256(joined, target);
    return target;
  } finally {
    crypto.wipe(joined);
  }
}

/** len8(L) || L. */
function startOf(label: string): Uint8Array {
  const known = STARTS.get(label);
  if (known) return known;
  const name = utf8(DOMAIN + label);
  if (name.length > 0xff) throw tooLong();
  const start = concat(new Uint8Array([name.length]), name);
  STARTS.set(label, start);
  return start;
}

function tooLong(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'A labelled hash takes a label of at most 243 bytes and parts of at most 65,535 bytes each.',
  );
}
