import type { KeyPair, PublicKey } from '../types';

/** What an encapsulation makes. */
export interface KemEncapsulation {
  /** For the owner of the key, 1,088 bytes. */
  readonly ciphertext: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/**
 * The primitives, behind one interface; two providers pass one suite byte for byte. Arguments are checked by
 * the callers in this folder. A provider turns its library's exceptions into undefined or ErrInvalidKey.
 */
export interface CryptoProvider {
  readonly name: 'sodium-native' | 'portable';
  /** The pair of a 32-byte secret (X25519 base point multiplication, RFC 7748). */
  keyPairFromSecret(secretKey: Uint8Array): KeyPair;
  /**
   * X25519 (RFC 7748), 32 bytes.
   * @throws ErrInvalidKey when the result is all zero
   */
  sharedSecret(secretKey: Uint8Array, publicKey: PublicKey): Uint8Array;
  /**
   * NaCl crypto_box: 16-byte tag, then the ciphertext. `nonce` is 24 bytes.
   * @param target where it goes and what is returned, 16 bytes longer than `plain`; new memory by default
   * @throws ErrInvalidKey
   */
  box(
    plain: Uint8Array,
    nonce: Uint8Array,
    publicKey: PublicKey,
    secretKey: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array;
  /**
   * undefined when it does not open.
   * @param target where the plaintext goes and what is returned, 16 bytes shorter than `boxed`; new memory by default
   */
  openBox(
    boxed: Uint8Array,
    nonce: Uint8Array,
    publicKey: PublicKey,
    secretKey: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array | undefined;
  /**
   * NaCl crypto_secretbox: 16-byte tag, then the ciphertext.
   * @param target as for `box`
   */
  secretbox(plain: Uint8Array, nonce: Uint8Array, key: Uint8Array, target?: Uint8Array): Uint8Array;
  /**
   * undefined when it does not open.
   * @param target as for `openBox`
   */
  openSecretbox(
    boxed: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array | undefined;
  /** @param target where the 32 bytes go and what is returned; new memory by default */
  sha256(data: Uint8Array, target?: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * ML-KEM-768 (FIPS 203): the public key, 1,184 bytes, of a decapsulation key. That is kept in its seed form, 64
   * random bytes d || z; whoever wipes those has wiped the key.
   * @throws ErrInvalidKey
   */
  kemPublicKey(decapsulationKey: Uint8Array): Uint8Array;
  /**
   * A secret that only the owner of `publicKey` finds in the ciphertext.
   * @param entropy FIPS 203's m, 32 random bytes for this call alone; whoever has them has the secret
   * @throws ErrInvalidKey a public key of another length or with a coefficient out of range (FIPS 203, section 7.2)
   */
  kemEncapsulate(publicKey: Uint8Array, entropy: Uint8Array): KemEncapsulation;
  /**
   * The secret, 32 bytes; of a ciphertext that was made for another key, or changed, one that nobody has (implicit
   * rejection).
   * @throws ErrInvalidKey, ErrInvalidArgument a ciphertext that has not 1,088 bytes
   */
  kemDecapsulate(decapsulationKey: Uint8Array, ciphertext: Uint8Array): Uint8Array;
  /** Overwrites with zeros; only sodium-native can promise that no copy remains. */
  wipe(bytes: Uint8Array): void;
  /** Constant-time comparison of equal-length arrays; false for other lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}
