import { dirname } from 'node:path';
import { sameBytes } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { isPassEncrypted, PASS_ENCRYPTION_BYTES, type Passphrase } from '../crypto/pass-encryption';
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
import { unseal } from './unseal';

export { Identity } from './identity';

export interface IdentityOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly crypto: CryptoProvider;
  /** The profile file; made, with its folder, when it is not there. */
  readonly path: string;
  /** A secret key of 32 bytes or a whole Tox profile: the identity of a new file, else to be the same one. */
  readonly import?: Uint8Array;
  /** Seals the file, one that was not sealed so far as well; opens it, and an import that is sealed. */
  readonly passphrase?: Passphrase;
}

/** What is there before anything is written. */
interface Found {
  readonly imported: ToxProfile | undefined;
  /** Of the file. */
  readonly profile: ToxProfile | undefined;
  readonly sealed: boolean;
}

/**
 * Reads the identity of a data directory, or makes it. A file that cannot be read is never replaced.
 * @throws ErrIdentityFile (garbage, or the public key is not that of the secret), ErrPassphrase (the file or the
 *   import is sealed and the passphrase is missing or another), ErrIdentityMismatch (the import is another
 *   identity), ErrInvalidKey and ErrMalformed (the import is not usable), ErrStore, ErrLocalStorageFull
 */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { imported, profile: existing, sealed } = await find(options);
  const write = (profile: ToxProfile) => writeProfile(options, profile);
  if (existing === undefined) {
    const profile = imported ?? newProfile(options, options.random.bytes(KEY_BYTES));
    await onDisk(options.disk.makeFolder(dirname(options.path)));
    await write(profile);
    return new Identity(profile, write);
  }
  if (options.passphrase && !sealed) await write(existing);
  return new Identity(existing, write);
}

/** Throws what `openIdentity` would throw for what is there now, and changes nothing. */
export async function checkIdentity(options: IdentityOptions): Promise<void> {
  await find(options);
}

async function find(options: IdentityOptions): Promise<Found> {
  const imported = options.import && (await readImport(options.import, options));
  const bytes = await onDisk(options.disk.readFile(options.path));
  if (bytes === undefined) return { imported, profile: undefined, sealed: false };
  const sealed = isPassEncrypted(bytes);
  const profile = await readFile(bytes, options);
  if (imported && !sameBytes(imported.keyPair.publicKey, profile.keyPair.publicKey)) {
    throw new ToxAsyncError(
      'ErrIdentityMismatch',
      `This data directory belongs to ${shortKey(profile.keyPair.publicKey)}, but the given key or profile ` +
        `belongs to ${shortKey(imported.keyPair.publicKey)}. Leave the key out, or use another data directory.`,
    );
  }
  return { imported, profile, sealed };
}

function newProfile({ random, crypto }: IdentityOptions, secretKey: Uint8Array): ToxProfile {
  return makeProfile(crypto.keyPairFromSecret(secretKey), random.bytes(NOSPAM_BYTES));
}

async function readImport(bytes: Uint8Array, options: IdentityOptions): Promise<ToxProfile> {
  const plain = await unseal(bytes, 'The given Tox profile', options.passphrase);
  if (!looksLikeProfile(plain)) {
    if (plain.length !== KEY_BYTES || plain.every((byte) => byte === 0)) {
      throw new ToxAsyncError(
        'ErrInvalidKey',
        `A secret key must have ${KEY_BYTES} bytes (64 hexadecimal digits), not all zero. Check the one you entered.`,
      );
    }
    return newProfile(options, plain);
  }
  const profile = parseProfile(plain);
  if (isConsistent(profile, options.crypto)) return profile;
  throw new ToxAsyncError(
    'ErrMalformed',
    'The keys in the given Tox profile do not belong together. Export the profile again.',
  );
}

async function readFile(bytes: Uint8Array, options: IdentityOptions): Promise<ToxProfile> {
  const { path, crypto, passphrase } = options;
  if (isPassEncrypted(bytes) && bytes.length < PASS_ENCRYPTION_BYTES) throw unreadable(path);
  const plain = await unseal(bytes, `The identity file ${path}`, passphrase);
  let profile: ToxProfile;
  try {
    profile = parseProfile(plain);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!isConsistent(profile, crypto)) throw unreadable(path);
  return profile;
}

async function writeProfile(options: IdentityOptions, profile: ToxProfile): Promise<void> {
  const { disk, path, passphrase } = options;
  const plain = serialiseProfile(profile);
  await onDisk(disk.writeFile(path, passphrase ? await passphrase.seal(plain) : plain));
}

function isConsistent({ keyPair }: ToxProfile, crypto: CryptoProvider): boolean {
  const { publicKey } = crypto.keyPairFromSecret(keyPair.secretKey);
  return isAcceptablePublicKey(publicKey) && sameBytes(publicKey, keyPair.publicKey);
}

function onDisk<T>(operation: Promise<T>): Promise<T> {
  return operation.catch((error: unknown) => {
    throw storeError(error);
  });
}

function unreadable(path: string, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrIdentityFile',
    `The identity file ${path} is damaged and was left unchanged. Restore it from a backup. Without one, move the ` +
      'file away to start with a new identity, which every friend must then add again.',
    { cause },
  );
}
