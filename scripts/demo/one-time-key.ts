import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sameBytes } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { issuedKeyForm } from '../../lib/forward-security/compact-keys';
import { oneTimeSecret } from '../../lib/forward-security/key-slots';
import { Table } from '../../lib/store/table';
import { plainSlots, readSecretSlot, SLOT_BYTES } from '../../lib/store/vault/vault-slots';
import { lookIntoStore } from './disk-copy';

/**
 * The secret of a slot, of which both secrets of the one-time key that an envelope is sealed to are made, out of the
 * copied data directory of the key's owner.
 * @param tag from the envelope's header
 * @throws Error when the store does not know the key, or the vault has another secret in its place
 */
export async function slotSecretOf(
  folder: string,
  tag: Uint8Array,
  crypto: CryptoProvider,
): Promise<Uint8Array> {
  const key = await lookIntoStore(folder, (store) => {
    const issued = new Table(store, 'issued-key', issuedKeyForm).entries();
    return [...issued].map(({ record }) => record).find((record) => sameBytes(record.tag, tag));
  });
  if (key === undefined) throw new Error('The recipient has no one-time key of the tag in the envelope.');
  const { slot, serial } = key.ref;
  const vault = await readFile(path.join(folder, 'vault'));
  const held = readSecretSlot(vault.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), slot);
  const secret = held?.serial === serial ? plainSlots.open(slot, serial, held.sealed) : undefined;
  const made = secret && crypto.keyPairFromSecret(oneTimeSecret(crypto, secret));
  if (secret === undefined || !made || !sameBytes(made.publicKey, key.publicKey)) {
    throw new Error(`Slot ${slot} of the vault does not hold the secret of the one-time key.`);
  }
  return secret;
}
