import { dirname } from 'node:path';
import { sameBytes } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import type { CryptoProvider } from '../crypto/provider';
import { isAcceptablePublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import type { Disk } from '../platform/disk';
import type { Random } from '../platform/random';
import { storeError } from '../store/store-errors';
import { Identity } from './identity';
import { looksLikeProfile } from './profile-sections';
import { shortKey } from './short-key';
import { NOSPAM_BYTES } from './tox-id';
import { makeProfile, parseProfile, serialiseProfile, type ToxProfile } from './tox-profile';

export { Identity } from './identity';

/** How toxencryptsave's files begin (toxencryptsave.h). */
const SEALED_MAGIC = new TextEncoder().encode('toxEsave');

export interface IdentityOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly crypto: CryptoProvider;
  /** The profile file; made, with its folder, when it is not there. */
  readonly path: string;
  /** A secret key of 32 bytes or a whole Tox profile: the identity of a new file, else to be the same one. */
  readonly import?: Uint8Array;
}

/**
 * Reads the identity of a data directory, or makes it. A file that cannot be read is never replaced.
 * @throws ErrIdentityFile (garbage, or the public key is not that of the secret), ErrPassphrase (the file or the
 *   import is sealed), ErrIdentityMismatch (the import is another identity), ErrInvalidKey and ErrMalformed (the
 *   import is of no use), ErrStore, ErrLocalStorageFull
 */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { disk, path, crypto } = options;
  const imported = options.import && readImport(options.import, options);
  const bytes = await disk.readFile(path).catch((error: unknown) => {
    throw storeError(error);
  });
  const write = (profile: ToxProfile) =>
    disk.writeFile(path, serialiseProfile(profile)).catch((error: unknown) => {
      throw storeError(error);
    });
  if (bytes === undefined) {
    const profile = imported ?? newProfile(options, options.random.bytes(KEY_BYTES));
    await disk.makeFolder(dirname(path)).catch((error: unknown) => {
      throw storeError(error);
    });
    await write(profile);
    return new Identity(profile, write);
  }
  const profile = readFile(bytes, path, crypto);
  if (imported && !sameBytes(imported.keyPair.publicKey, profile.keyPair.publicKey)) {
    throw new ToxAsyncError(
      'ErrIdentityMismatch',
      `This data directory belongs to ${shortKey(profile.keyPair.publicKey)}, the given key or profile is that ` +
        `of ${shortKey(imported.keyPair.publicKey)}. Leave the key out, or use another data directory.`,
    );
  }
  return new Identity(profile, write);
}

function newProfile({ random, crypto }: IdentityOptions, secretKey: Uint8Array): ToxProfile {
  return makeProfile(crypto.keyPairFromSecret(secretKey), random.bytes(NOSPAM_BYTES));
}

function readImport(bytes: Uint8Array, options: IdentityOptions): ToxProfile {
  assertNotSealed(bytes, 'The given Tox profile');
  if (!looksLikeProfile(bytes)) {
    if (bytes.length !== KEY_BYTES || bytes.every((byte) => byte === 0)) {
      throw new ToxAsyncError(
        'ErrInvalidKey',
        `A secret key has ${KEY_BYTES} bytes (64 hexadecimal digits), not all zero; check the one given.`,
      );
    }
    return newProfile(options, bytes);
  }
  const profile = parseProfile(bytes);
  if (isConsistent(profile, options.crypto)) return profile;
  throw new ToxAsyncError(
    'ErrMalformed',
    'The keys in the given Tox profile do not belong together. Export the profile again.',
  );
}

function readFile(bytes: Uint8Array, path: string, crypto: CryptoProvider): ToxProfile {
  assertNotSealed(bytes, `The identity file ${path}`);
  let profile: ToxProfile;
  try {
    profile = parseProfile(bytes);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!isConsistent(profile, crypto)) throw unreadable(path);
  return profile;
}

function isConsistent({ keyPair }: ToxProfile, crypto: CryptoProvider): boolean {
  const { publicKey } = crypto.keyPairFromSecret(keyPair.secretKey);
  return isAcceptablePublicKey(publicKey) && sameBytes(publicKey, keyPair.publicKey);
}

function assertNotSealed(bytes: Uint8Array, what: string): void {
  if (!sameBytes(bytes.subarray(0, SEALED_MAGIC.length), SEALED_MAGIC)) return;
  throw new ToxAsyncError(
    'ErrPassphrase',
    `${what} is sealed with a passphrase. Save it without one in your Tox client.`,
  );
}

function unreadable(path: string, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrIdentityFile',
    `The identity file ${path} is damaged and was left as it is. Restore it from a backup; without it, only a ` +
      'new identity can be made, by moving the file away, and every friend must add that one anew.',
    { cause },
  );
}
