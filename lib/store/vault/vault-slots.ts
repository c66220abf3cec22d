import { concat, readUint32, sameBytes, utf8, writeUint32 } from '../../bytes';
import { crc32 } from '../crc32';

/**
 * Bytes of a vault file: slots of 64 bytes, so that none crosses a 512-byte line, the unit that a disk writes as
 * a whole. Slot 0 is the header, the others hold one secret each; a slot of zeros is empty.
 *
 * ```
 * header   magic 8 | version 1 | vault id 16 | key id 16 | zeros 19   | CRC-32 4
 * secret   serial 6 | secret 32 | zeros 22  or  salt 6 | secretbox 48   | CRC-32 4
 * ```
 * Big-endian. The key id is zeros in a vault without a passphrase; the second form of a secret is that of a vault
 * with one (slot-cipher.ts). The CRC covers the slot's number (8 bytes) and the slot's first 60 bytes, so a slot
 * that was moved reads as damaged.
 */
export const SLOT_BYTES = 64;
export const SECRET_BYTES = 32;
export const VAULT_ID_BYTES = 16;
export const KEY_ID_BYTES = 16;
/** A secret as it lies in its slot. */
export const SEALED_BYTES = 54;
/** Serials have 48 bits; numbers of JavaScript hold them exactly. */
export const LARGEST_SERIAL = 2 ** 48 - 1;

const CRC_AT = SLOT_BYTES - 4;
const MAGIC = utf8('TOXVAULT');
const VERSION = 1;
const ID_AT = MAGIC.length + 1;
const KEY_ID_AT = ID_AT + VAULT_ID_BYTES;

/** A slot's number, while a checksum is reckoned. */
const PLACE = new Uint8Array(8);

/** The one way of secrets into slots and out of them. `sealed` has SEALED_BYTES. */
export interface SlotCipher {
  /** 16 bytes that the vault's header carries; zeros where slots are not sealed. */
  readonly keyId: Uint8Array;
  seal(slot: number, serial: number, secret: Uint8Array): Uint8Array;
  /** A copy of the secret, or undefined when it was not sealed for this slot and serial. */
  open(slot: number, serial: number, sealed: Uint8Array): Uint8Array | undefined;
}

/** A vault without a passphrase: secrets lie in their slots as they are. */
export const plainSlots: SlotCipher = {
  keyId: new Uint8Array(KEY_ID_BYTES),
  seal: (_slot, _serial, secret) => concat(secret, new Uint8Array(SEALED_BYTES - SECRET_BYTES)),
  open: (_slot, _serial, sealed) => sealed.slice(0, SECRET_BYTES),
};

export interface VaultHeader {
  readonly id: Uint8Array;
  /** Names the key under which the slots are sealed. */
  readonly keyId: Uint8Array;
}

/** Fills `target`, the 64 bytes of slot number `slot`. */
export function writeSecretSlot(target: Uint8Array, slot: number, serial: number, sealed: Uint8Array): void {
  target.fill(0);
  const high = Math.floor(serial / 2 ** 32);
  target[0] = high >>> 8;
  target[1] = high;
  writeUint32(target, 2, serial % 2 ** 32);
  target.set(sealed, 6);
  writeUint32(target, CRC_AT, checksum(slot, target));
}

/** What slot number `slot` holds (`sealed` is a view), or undefined when it is empty, torn or of another place. */
export function readSecretSlot(
  bytes: Uint8Array,
  slot: number,
): { serial: number; sealed: Uint8Array } | undefined {
  if (readUint32(bytes, CRC_AT) !== checksum(slot, bytes)) return undefined;
  const serial = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) * 2 ** 32 + readUint32(bytes, 2);
  return serial === 0 ? undefined : { serial, sealed: sealedIn(bytes) };
}

/** The same of a slot that is known to be sound. */
export function sealedIn(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(6, 6 + SEALED_BYTES);
}

export function encodeVaultHeader({ id, keyId }: VaultHeader): Uint8Array {
  const header = new Uint8Array(SLOT_BYTES);
  header.set(MAGIC);
  header[MAGIC.length] = VERSION;
  header.set(id, ID_AT);
  header.set(keyId, KEY_ID_AT);
  writeUint32(header, CRC_AT, checksum(0, header));
  return header;
}

/** undefined when this is not the header of a vault of this version. */
export function readVaultHeader(file: Uint8Array): VaultHeader | undefined {
  if (file.length < SLOT_BYTES) return undefined;
  const header = {
    id: file.slice(ID_AT, KEY_ID_AT),
    keyId: file.slice(KEY_ID_AT, KEY_ID_AT + KEY_ID_BYTES),
  };
  return sameBytes(file.subarray(0, SLOT_BYTES), encodeVaultHeader(header)) ? header : undefined;
}

function checksum(slot: number, bytes: Uint8Array): number {
  writeUint32(PLACE, 4, slot);
  return crc32(bytes.subarray(0, CRC_AT), crc32(PLACE));
}
