import { dirname } from 'node:path';
import { sameBytes } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { isPassEncrypted, PASS_ENCRYPTION_BYTES, type Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
import { isAcceptablePublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import type { Disk } from '../platform/disk';
import type { Random } from '../platform/random';
import { lostError, storeError } from '../store/store-errors';
import { type Logger, type PublicKey, silentLogger } from '../types';
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
  /** The public key that the file has to be of; undefined: of any, or there is none yet. */
  readonly expected?: PublicKey | undefined;
  readonly log?: Logger;
}

/** What is there before anything is written. */
interface Found {
  readonly imported: ToxProfile | undefined;
  /** Of the file, or of the temporary one that a replacement cut short left. */
  readonly profile: ToxProfile | undefined;
  readonly sealed: boolean;
  readonly isTemporary?: boolean;
}

/**
 * Reads the identity of a data directory, or makes it. A file that cannot be read is never replaced, except by the
 * temporary file beside it that holds the same identity whole.
 * @throws ErrIdentityFile (it is missing although it should be there, garbage, or its public key is not that of the
 *   secret), ErrPassphrase (the file or the import is sealed and the passphrase is missing or another),
 *   ErrIdentityMismatch (the import or the file is another identity), ErrInvalidKey and ErrMalformed (the import
 *   cannot be used), ErrStore, ErrLocalStorageFull
 */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { disk, path, log = silentLogger } = options;
  const { imported, profile: existing, sealed, isTemporary } = await find(options);
  const write = (profile: ToxProfile) => writeProfile(options, profile);
  if (existing === undefined) {
    const profile = imported ?? newProfile(options, options.random.bytes(KEY_BYTES));
    await onDisk(disk.makeFolder(dirname(path)));
    await write(profile);
    return new Identity(profile, write);
  }
  if (isTemporary === true) {
    await onDisk(disk.move(temporaryOf(path), path));
    log.warn(
      `${path} was missing or damaged. What a write cut short had left beside it was whole and is used.`,
    );
  }
  if (options.passphrase && !sealed) await write(existing);
  return new Identity(existing, write);
}

/** Throws what `openIdentity` would throw for what is there now, and changes nothing. */
export async function checkIdentity(options: IdentityOptions): Promise<void> {
  await find(options);
}

/** Gives what is there of a lost identity another name. A sound file of whatever identity stays: it is the new one. */
export async function setIdentityAside(options: IdentityOptions, aside: string): Promise<void> {
  const { disk, path } = options;
  try {
    await readProfile(options, path);
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrIdentityFile')) throw error;
    await onDisk(disk.move(path, aside));
  }
}

async function find(options: IdentityOptions): Promise<Found> {
  const { expected } = options;
  const imported = options.import && (await readImport(options.import, options));
  const found = await findFile(options, imported);
  const known = found?.profile.keyPair.publicKey ?? expected;
  if (imported && known && !sameBytes(imported.keyPair.publicKey, known)) {
    throw new ToxAsyncError(
      'ErrIdentityMismatch',
      `This data directory belongs to ${shortKey(known)}, but the given key or profile ` +
        `belongs to ${shortKey(imported.keyPair.publicKey)}. Leave the key out, or use another data directory.`,
    );
  }
  return { imported, profile: undefined, sealed: false, ...found };
}

/** The file, or else its temporary one; undefined when neither is there, nor has to be. */
async function findFile(
  options: IdentityOptions,
  imported: ToxProfile | undefined,
): Promise<(Pick<Found, 'sealed' | 'isTemporary'> & { profile: ToxProfile }) | undefined> {
  const { path, expected } = options;
  let failure: Error | undefined;
  try {
    const found = await readProfile(options, path);
    const key = found?.profile.keyPair.publicKey;
    if (found && key && (expected === undefined || sameBytes(key, expected))) return found;
    failure = key && expected ? foreign(path, key, expected) : undefined;
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrIdentityFile')) throw error;
    failure = error;
  }
  const left = await readLeftOver(options);
  if (left) return left;
  if (failure !== undefined) throw failure;
  if (expected && !(imported && sameBytes(imported.keyPair.publicKey, expected)))
    throw missing(path, expected);
  return undefined;
}

/** A whole temporary file that cannot be of another identity. */
async function readLeftOver(
  options: IdentityOptions,
): Promise<(Pick<Found, 'sealed' | 'isTemporary'> & { profile: ToxProfile }) | undefined> {
  const { path, expected } = options;
  try {
    const left = await readProfile(options, temporaryOf(path));
    if (!left || (expected && !sameBytes(left.profile.keyPair.publicKey, expected))) return undefined;
    return { ...left, isTemporary: true };
  } catch {
    return undefined;
  }
}

async function readProfile(
  options: IdentityOptions,
  path: string,
): Promise<{ profile: ToxProfile; sealed: boolean } | undefined> {
  const bytes = await onDisk(options.disk.readFile(path));
  if (bytes === undefined) {
    if ((await onDisk(options.disk.kindOf(path))) !== 'link') return undefined;
    throw new ToxAsyncError(
      'ErrStore',
      `${path} is a link to a file that is not there. Put that file back (is its volume mounted?), or remove the link.`,
    );
  }
  return { profile: await readFile(bytes, path, options), sealed: isPassEncrypted(bytes) };
}

function temporaryOf(path: string): string {
  return `${path}.tmp`;
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

async function readFile(bytes: Uint8Array, path: string, options: IdentityOptions): Promise<ToxProfile> {
  const { crypto, passphrase } = options;
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
  return lostError(
    'ErrIdentityFile',
    `The identity file ${path} is damaged and was left unchanged. Restore it from a backup. Without one, only a ` +
      'new identity can be made, in a new data directory, and every friend must add that one.',
    cause,
  );
}

function missing(path: string, expected: PublicKey): ToxAsyncError {
  return lostError(
    'ErrIdentityFile',
    `The identity file ${path} is missing; this data directory belongs to ${shortKey(expected)}. Restore the file ` +
      'from a backup, or import the same secret key or Tox profile.',
  );
}

function foreign(path: string, found: PublicKey, expected: PublicKey): ToxAsyncError {
  return lostError(
    'ErrIdentityMismatch',
    `${path} belongs to ${shortKey(found)}, but manifest.json says that this data directory belongs to ` +
      `${shortKey(expected)}. Both were left unchanged. Put the right file back, or use a new data directory for ` +
      'the other identity.',
  );
}
