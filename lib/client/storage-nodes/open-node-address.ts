import { toHex } from '../../bytes';
import { isAcceptablePublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import { parseToxId } from '../../identity/tox-id';
import type { PublicKey } from '../../types';

/** An open storage node that a friend polls. */
export interface OpenNodeAddress {
  readonly publicKey: PublicKey;
  /** 76 digits, in upper case. */
  readonly toxId: string;
}

/** The node behind an address of 38 bytes; undefined when its checksum or its key is no good. */
export function readOpenNodeAddress(address: Uint8Array): OpenNodeAddress | undefined {
  const toxId = toHex(address).toUpperCase();
  try {
    const { publicKey } = parseToxId(toxId);
    return isAcceptablePublicKey(publicKey) ? { publicKey, toxId } : undefined;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrInvalidToxId')) return undefined;
    throw error;
  }
}
