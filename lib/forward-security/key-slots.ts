import { labelledHash } from '../crypto/labelled-hash';
import { NONCE_BYTES } from '../crypto/lengths';
import type { CryptoProvider } from '../crypto/provider';
import type { ListedKey } from '../protocol/keys/key-list';
import { keyName, keySecret } from '../protocol/keys/key-secret';
import type { SecretVault, SlotRef, VaultSecret } from '../store/vault/secret-vault';

/**
 * How the secrets of one-time keys lie in the vault (docs/PROTOCOL.md, "Key life"). A slot holds a random secret k that
 * serves one key. The key's own secret q lies in its record, wrapped under k; the owner makes p of k too. Neither p nor
 * the wrap follows from the public half, so breaking X25519 opens no wrap.
 */

/** Each wrap has a key of its own, so the nonce may be constant. */
const NONCE = new Uint8Array(NONCE_BYTES);

/** q as it lies in the record of its key. */
export interface WrappedSecret {
  readonly ref: SlotRef;
  /** secretbox(q, zero nonce, H("q-wrap", k, batch 3 || index 1)), 48 bytes. */
  readonly wrapped: Uint8Array;
}

/** A key whose q is wrapped; its place is in the wrap. */
export interface WrappedKey extends WrappedSecret {
  readonly batch: number;
  readonly index: number;
}

export interface KeySlotParts {
  readonly crypto: CryptoProvider;
  readonly vault: Pick<SecretVault, 'allocate' | 'read'>;
}

/** p = H("one-time-key", k) */
export function oneTimeSecret(crypto: CryptoProvider, k: Uint8Array): Uint8Array {
  return labelledHash(crypto, 'one-time-key', k);
}

/** A new key of our own under a slot, whose secret is wiped; the seed is not. */
export function makeKey(
  crypto: CryptoProvider,
  { ref, secret }: VaultSecret,
  { seed, batch, index }: { readonly seed: Uint8Array; readonly batch: number; readonly index: number },
): ListedKey & WrappedKey {
  const { publicKey, secretKey } = crypto.keyPairFromSecret(oneTimeSecret(crypto, secret));
  crypto.wipe(secretKey);
  const wrapped = wrapKeySecret(crypto, secret, { seed, batch, key: { index, publicKey } });
  crypto.wipe(secret);
  return { batch, index, publicKey, ref, wrapped };
}

/** q of a key, wrapped under k. Wipes neither k nor the seed. */
function wrapKeySecret(
  crypto: CryptoProvider,
  k: Uint8Array,
  { seed, batch, key }: { readonly seed: Uint8Array; readonly batch: number; readonly key: ListedKey },
): Uint8Array {
  const q = keySecret(crypto, seed, batch, key);
  const wrapped = wrap(crypto, k, { batch, index: key.index, q });
  crypto.wipe(q);
  return wrapped;
}

/** q of a key whose slot was erased, under a new slot, whose secret is wiped; q is not. */
export function wrapAgain(
  crypto: CryptoProvider,
  { ref, secret }: VaultSecret,
  { batch, index, q }: { readonly batch: number; readonly index: number; readonly q: Uint8Array },
): WrappedSecret {
  const wrapped = wrap(crypto, secret, { batch, index, q });
  crypto.wipe(secret);
  return { ref, wrapped };
}

function wrap(
  crypto: CryptoProvider,
  k: Uint8Array,
  { batch, index, q }: { readonly batch: number; readonly index: number; readonly q: Uint8Array },
): Uint8Array {
  const wrapping = wrappingKey(crypto, k, batch, index);
  const wrapped = crypto.secretbox(q, NONCE, wrapping);
  crypto.wipe(wrapping);
  return wrapped;
}

/**
 * The secrets of all keys that a peer gave us, each under a new slot, in one sync. The seed is not wiped.
 * @throws ErrLocalStorageFull, ErrStore
 */
export async function wrapUnderSlots(
  { crypto, vault }: KeySlotParts,
  {
    seed,
    batch,
    keys,
  }: { readonly seed: Uint8Array; readonly batch: number; readonly keys: readonly ListedKey[] },
): Promise<(ListedKey & WrappedSecret)[]> {
  const slots = await vault.allocate(keys.length);
  return slots.flatMap(({ ref, secret }, i) => {
    const key = keys[i];
    if (key === undefined) return [];
    const wrapped = wrapKeySecret(crypto, secret, { seed, batch, key });
    crypto.wipe(secret);
    return [{ ...key, ref, wrapped }];
  });
}

/** q, for the caller to wipe; undefined when its slot is erased, lost, damaged or another's. */
export function readKeySecret(parts: KeySlotParts, key: WrappedKey): Uint8Array | undefined {
  const { crypto, vault } = parts;
  const k = vault.read(key.ref);
  if (k === undefined) return undefined;
  const q = unwrap(crypto, k, key);
  crypto.wipe(k);
  return q;
}

/** Both secrets of a key of our own, for the caller to wipe; undefined as for `readKeySecret`. */
export function readOwnSecrets(
  { crypto, vault }: KeySlotParts,
  key: WrappedKey,
): { readonly secretKey: Uint8Array; readonly keySecret: Uint8Array } | undefined {
  const k = vault.read(key.ref);
  if (k === undefined) return undefined;
  const q = unwrap(crypto, k, key);
  const secrets = q && { secretKey: oneTimeSecret(crypto, k), keySecret: q };
  crypto.wipe(k);
  return secrets;
}

/** Whether the secrets of a key are still there: q opens under its k, of which p can be made. */
export function canReadSecrets(parts: KeySlotParts, key: WrappedKey): boolean {
  const keySecret = readKeySecret(parts, key);
  if (keySecret === undefined) return false;
  parts.crypto.wipe(keySecret);
  return true;
}

function unwrap(
  crypto: CryptoProvider,
  k: Uint8Array,
  { batch, index, wrapped }: WrappedKey,
): Uint8Array | undefined {
  const wrapping = wrappingKey(crypto, k, batch, index);
  const q = crypto.openSecretbox(wrapped, NONCE, wrapping);
  crypto.wipe(wrapping);
  return q;
}

function wrappingKey(crypto: CryptoProvider, k: Uint8Array, batch: number, index: number): Uint8Array {
  return labelledHash(crypto, 'q-wrap', k, keyName(batch, index));
}
