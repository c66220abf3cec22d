import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { filesIn } from '../../../../scripts/demo/disk-search';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import { NONCE_BYTES } from '../../../../lib/crypto/lengths';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { Passphrase } from '../../../../lib/crypto/pass-encryption';
import { oneTimeSecret } from '../../../../lib/forward-security/key-slots';
import { systemRandom } from '../../../../lib/platform/random';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openEnvelope } from '../../../../lib/protocol/envelope/open';
import { readVaultKey } from '../../../../lib/store/vault/vault-key';
import { slotCipherUnder } from '../../../../lib/store/vault/slot-cipher';
import { readSecretSlot, SLOT_BYTES } from '../../../../lib/store/vault/vault-slots';
import type { KeyPair, PublicKey } from '../../../../lib/types';
import { viewsOf } from './views';

const crypto = chooseCryptoProvider();
/** Random bytes that are kept free for a full disk: 16 MB in which only secrets themselves are looked for. */
const RESERVE = 'reserve';

/** What a thief of a data directory may have as well. */
export interface Loot {
  readonly identity: KeyPair;
  /** Every secretbox under a vault slot that ever was on the disk, its nonce in front. */
  readonly boxes: readonly Uint8Array[];
  /** The secret q of every one-time key that ever was on the disk, wrapped, with its key's batch and index. */
  readonly wraps: readonly { readonly wrapped: Uint8Array; readonly place: Uint8Array }[];
  /** Every envelope that was ever seen on the wire or at a node, with its sender. */
  readonly envelopes: readonly { readonly envelope: Uint8Array; readonly sender: PublicKey }[];
  readonly passphrase?: string | undefined;
}

/** Somebody who has every byte of a data directory and opens all that these bytes open. */
export class Thief {
  /** Every byte, decoded and decrypted in every way. */
  readonly #views: Buffer[];
  /** Slots whose secrets opened an envelope. */
  readonly preKeySecrets: Uint8Array[];
  /** Secrets q of one-time keys that it unwrapped. */
  readonly keySecrets: Uint8Array[];

  /** What lay in the slots of the vault. */
  readonly secrets: readonly Uint8Array[];

  private constructor(
    views: Buffer[],
    secrets: readonly Uint8Array[],
    preKeySecrets: Uint8Array[],
    keySecrets: Uint8Array[],
  ) {
    this.secrets = secrets;
    this.#views = views;
    this.preKeySecrets = preKeySecrets;
    this.keySecrets = keySecrets;
  }

  static async rob(folder: string, loot: Loot): Promise<Thief> {
    const views: Buffer[] = [];
    const preKeySecrets: Uint8Array[] = [];
    const keySecrets: Uint8Array[] = [];
    for (const name of await filesIn(folder)) {
      const bytes = await readFile(path.join(folder, name));
      views.push(...(name === RESERVE ? [bytes] : viewsOf(bytes)));
    }
    const secrets = await slotSecrets(folder, loot.passphrase);
    views.push(...secrets.map((secret) => Buffer.from(secret)));
    for (const secret of [...secrets, loot.identity.secretKey]) {
      for (const box of loot.boxes) {
        const plain = crypto.openSecretbox(box.slice(NONCE_BYTES), box.slice(0, NONCE_BYTES), secret);
        if (plain) views.push(...viewsOf(Buffer.from(plain)));
      }
      const ofSlot = unwrapped(secret, loot.wraps);
      keySecrets.push(...ofSlot);
      views.push(...ofSlot.map((keySecret) => Buffer.from(keySecret)));
      for (const { envelope, sender } of loot.envelopes) {
        for (const keySecret of ofSlot) {
          const preKey = crypto.keyPairFromSecret(oneTimeSecret(crypto, secret));
          const recipient = loot.identity.publicKey;
          const result = openEnvelope(crypto, { envelope, recipient, preKey, keySecret, sender });
          if (result.outcome !== 'opened') continue;
          preKeySecrets.push(secret);
          views.push(Buffer.from(result.data));
        }
      }
    }
    return new Thief(views, secrets, preKeySecrets, keySecrets);
  }

  finds(wanted: Uint8Array | string): boolean {
    const bytes = Buffer.from(wanted as string);
    return this.#views.some((view) => view.includes(bytes));
  }
}

/** The secrets of one-time keys that lie under this secret of a slot. */
export function unwrapped(k: Uint8Array, wraps: Loot['wraps']): Uint8Array[] {
  return wraps.flatMap(({ wrapped, place }) => {
    const wrapping = labelledHash(crypto, 'q-wrap', k, place);
    return crypto.openSecretbox(wrapped, new Uint8Array(NONCE_BYTES), wrapping) ?? [];
  });
}

/** What lies in the vault's slots, whatever their checksums say, and what the passphrase opens of it. */
async function slotSecrets(folder: string, passphrase: string | undefined): Promise<Uint8Array[]> {
  const file = new Uint8Array(await readFile(path.join(folder, 'vault')));
  const key =
    passphrase === undefined
      ? undefined
      : await readVaultKey({
          disk: systemDisk,
          folder,
          crypto,
          passphrase: new Passphrase({ crypto, random: systemRandom }, passphrase),
        });
  const seal = key && slotCipherUnder(key, { crypto, random: systemRandom });
  const secrets: Uint8Array[] = [];
  for (let slot = 1; slot * SLOT_BYTES < file.length; slot += 1) {
    const bytes = file.slice(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
    secrets.push(bytes.slice(6, 38));
    const sealed = readSecretSlot(bytes, slot);
    const opened = sealed && seal?.open(slot, sealed.serial, sealed.sealed);
    if (opened) secrets.push(opened);
  }
  return secrets.filter((secret) => secret.some((byte) => byte !== 0));
}
