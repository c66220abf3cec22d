import { sameBytes } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { storageIdOf } from '../protocol/names';
import type { StoredMail } from './message-engine';

/**
 * Whether an envelope is as it was deposited: its storage id is its hash. Engines do not check the bytes that their
 * disk gives back (lmdb's pages carry no checksum).
 */
export function isIntact(crypto: CryptoProvider, { storageId, envelope }: StoredMail): boolean {
  return sameBytes(storageIdOf(crypto, envelope), storageId);
}
