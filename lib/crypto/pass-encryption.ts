/**
 * Sealing with a passphrase, byte for byte as libtoxcore's toxencryptsave does it (toxencryptsave.h), so that
 * files go to other Tox clients and back:
 *
 * ```
 * sealed   "toxEsave" 8 | salt 32 | nonce 24 | secretbox of the content
 * key      scrypt (RFC 7914) of SHA-256(passphrase) with the salt, N = 2^14, r = 8, p = 2, 32 bytes
 * ```
 * That is libsodium's crypto_pwhash_scryptsalsa208sha256 with its MEMLIMIT_INTERACTIVE and twice its
 * OPSLIMIT_INTERACTIVE: about 0.1 s and 16 MiB for each key.
 */
import { scrypt } from 'node:crypto';
import { inspect, promisify } from 'node:util';
import { ByteMap } from '../byte-map';
import { concat, sameBytes, utf8 } from '../bytes';
import { ToxAsyncError } from '../errors';
import type { Random } from '../platform/random';
import { BOX_TAG_BYTES, KEY_BYTES, NONCE_BYTES } from './lengths';
import type { CryptoProvider } from './provider';

const MAGIC = utf8('toxEsave');
const SALT_BYTES = 32;
const NONCE_AT = MAGIC.length + SALT_BYTES;
const BOX_AT = NONCE_AT + NONCE_BYTES;

/** What sealing adds, bytes (TOX_PASS_ENCRYPTION_EXTRA_LENGTH). */
export const PASS_ENCRYPTION_BYTES = BOX_AT + BOX_TAG_BYTES;

/** scrypt needs 128 * r * (N + p) bytes and a little more; Node's own limit is too low for it. */
const COST = { N: 2 ** 14, r: 8, p: 2, maxmem: 32 * 1024 * 1024 };

const derive: (secret: Uint8Array, salt: Uint8Array, length: number, options: object) => Promise<Uint8Array> =
  promisify(scrypt);

/** True when `bytes` begin as something sealed with a passphrase. */
export function isPassEncrypted(bytes: Uint8Array): boolean {
  return sameBytes(bytes.subarray(0, MAGIC.length), MAGIC);
}

/**
 * One passphrase. Keys once derived are kept, and what it seals shares a salt, so that sealing again costs only a
 * secretbox. Neither the passphrase nor a key of it shows in JSON or logs.
 */
export class Passphrase {
  readonly #crypto: CryptoProvider;
  readonly #random: Random;
  /** SHA-256 of the passphrase; the passphrase itself is not kept. */
  readonly #digest: Uint8Array;
  readonly #keys = new ByteMap<Promise<Uint8Array>>();
  #salt: Uint8Array | undefined;

  /**
   * @param text taken as its UTF-8, as other clients do
   * @throws ErrPassphrase it is empty
   */
  constructor(options: { crypto: CryptoProvider; random: Random }, text: string) {
    if (text === '') {
      throw new ToxAsyncError('ErrPassphrase', 'The passphrase is empty. Enter one, or leave it out.');
    }
    this.#crypto = options.crypto;
    this.#random = options.random;
    const bytes = utf8(text);
    this.#digest = this.#crypto.sha256(bytes);
    this.#crypto.wipe(bytes);
  }

  /** PASS_ENCRYPTION_BYTES longer than `content`. */
  async seal(content: Uint8Array): Promise<Uint8Array> {
    const salt = (this.#salt ??= this.#random.bytes(SALT_BYTES));
    const nonce = this.#random.bytes(NONCE_BYTES);
    const key = await this.#keyFor(salt);
    return concat(MAGIC, salt, nonce, this.#crypto.secretbox(content, nonce, key));
  }

  /** undefined when this passphrase did not seal it, or when it was changed since. */
  async open(sealed: Uint8Array): Promise<Uint8Array | undefined> {
    if (!isPassEncrypted(sealed) || sealed.length < PASS_ENCRYPTION_BYTES) return undefined;
    const salt = sealed.slice(MAGIC.length, NONCE_AT);
    const nonce = sealed.slice(NONCE_AT, BOX_AT);
    const key = await this.#keyFor(salt);
    const content = this.#crypto.openSecretbox(sealed.subarray(BOX_AT), nonce, key);
    if (content) this.#salt ??= salt;
    return content;
  }

  toJSON(): string {
    return 'Passphrase';
  }

  [inspect.custom](): string {
    return 'Passphrase';
  }

  #keyFor(salt: Uint8Array): Promise<Uint8Array> {
    const known = this.#keys.get(salt);
    if (known) return known;
    const key = derive(this.#digest, salt, KEY_BYTES, COST);
    this.#keys.set(salt, key);
    // The caller gets the error; the next one tries again.
    key.catch(() => this.#keys.delete(salt));
    return key;
  }
}
