import type { CryptoProvider } from '../../crypto/provider';
import type { Disk, DiskFile } from '../../platform/disk';
import type { Random } from '../../platform/random';
import { sameBytes } from '../../bytes';
import { passphraseMissing } from './vault-key';
import {
  encodeVaultHeader,
  plainSlots,
  readVaultHeader,
  SLOT_BYTES,
  type SlotCipher,
  VAULT_ID_BYTES,
  type VaultHeader,
} from './vault-slots';

export interface VaultFileOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly random: Random;
  readonly crypto: CryptoProvider;
  readonly seal: SlotCipher;
}

/** What a disk writes as a whole, or several of it. */
const PAGE_SLOTS = 4096 / SLOT_BYTES;

/** Bytes of zeros written at once over a file that is given up. */
const ZEROS = 65_536;

/**
 * The slots of a vault file and a copy of them in memory. Callers change the copy and then `write` the slots
 * they changed, one call at a time.
 */
export class VaultFile {
  #header: VaultHeader;
  readonly #file: DiskFile;
  readonly #crypto: CryptoProvider;
  #image: Uint8Array;
  #slots: number;
  #writtenSlots: number;

  private constructor(header: VaultHeader, file: DiskFile, crypto: CryptoProvider, content: Uint8Array) {
    this.#header = header;
    this.#file = file;
    this.#crypto = crypto;
    this.#slots = Math.ceil(content.length / SLOT_BYTES);
    this.#writtenSlots = this.#slots;
    this.#image = new Uint8Array(this.#slots * SLOT_BYTES);
    this.#image.set(content);
    crypto.wipe(content);
  }

  /**
   * Opens the vault `expected`, sealed as `seal` does it or not sealed yet, or overwrites whatever else is there and
   * begins a new one under a fresh id.
   * @throws Node's error; ErrPassphrase it is the right vault, but sealed, and `seal` is the plain one
   */
  static async open(options: VaultFileOptions, expected: Uint8Array | undefined): Promise<VaultFile> {
    const { disk, path, random, crypto, seal } = options;
    const content = await disk.readFile(path);
    const header = content && readVaultHeader(content);
    if (content && header && expected && sameBytes(header.id, expected) && isReadable(path, header, seal)) {
      const file = await disk.open(path);
      // A process that was killed may have left writes that are readable here but not on the disk yet.
      await file.sync();
      return new VaultFile(header, file, crypto, content);
    }
    if (content) {
      await overwriteAll(disk, path, content.length);
      crypto.wipe(content);
    }
    const fresh = { id: random.bytes(VAULT_ID_BYTES), keyId: seal.keyId };
    const bytes = encodeVaultHeader(fresh);
    await disk.writeFile(path, bytes);
    return new VaultFile(fresh, await disk.open(path), crypto, bytes);
  }

  get id(): Uint8Array {
    return this.#header.id;
  }

  /** Names the key of the slots; zeros when they are not sealed. */
  get keyId(): Uint8Array {
    return this.#header.keyId;
  }

  /** Durable when it resolves. @throws Node's error */
  async writeKeyId(keyId: Uint8Array): Promise<void> {
    this.#header = { id: this.id, keyId };
    this.bytes(0).set(encodeVaultHeader(this.#header));
    await this.write([0]);
  }

  /** Slots in the file, the header included; numbers run from 1 to below this. */
  get slots(): number {
    return this.#slots;
  }

  /** Slots that the file on the disk surely has. */
  get writtenSlots(): number {
    return this.#writtenSlots;
  }

  /** The 64 bytes of a slot in memory, to read or change before the next `extend`. */
  bytes(slot: number): Uint8Array {
    return this.#image.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
  }

  wipe(slot: number): void {
    this.#crypto.wipe(this.bytes(slot));
  }

  /** Adds `count` empty slots at the end, in memory; the first write makes them durable. */
  extend(count: number): void {
    this.#slots += count;
    const needed = this.#slots * SLOT_BYTES;
    if (needed <= this.#image.length) return;
    const image = new Uint8Array(Math.max(needed, this.#image.length * 2));
    image.set(this.#image);
    this.#crypto.wipe(this.#image);
    this.#image = image;
  }

  /**
   * Writes these slots as they are in memory, and syncs once. Those of neighbouring pages go together with what lies
   * between them: a call costs more than that, and the disk writes whole pages anyway. @throws Node's error
   */
  async write(slots: readonly number[]): Promise<void> {
    const sorted = [...slots].sort((a, b) => a - b);
    let first = 0;
    for (let i = 1; i <= sorted.length; i++) {
      const last = sorted[i - 1] ?? 0;
      const next = sorted[i];
      if (next !== undefined && pageOf(next) <= pageOf(last) + 1) continue;
      const start = (sorted[first] ?? 0) * SLOT_BYTES;
      await this.#file.write(start, this.#image.subarray(start, (last + 1) * SLOT_BYTES));
      first = i;
    }
    const last = sorted.at(-1);
    if (last === undefined) return;
    await this.#file.sync();
    this.#writtenSlots = Math.max(this.#writtenSlots, last + 1);
  }

  async close(): Promise<void> {
    this.#crypto.wipe(this.#image);
    await this.#file.close();
  }
}

function pageOf(slot: number): number {
  return Math.floor(slot / PAGE_SLOTS);
}

/** Whether slots of this vault can be read, or sealed now. @throws ErrPassphrase */
function isReadable(path: string, header: VaultHeader, seal: SlotCipher): boolean {
  const plain = sameBytes(header.keyId, plainSlots.keyId);
  if (!plain && sameBytes(seal.keyId, plainSlots.keyId)) throw passphraseMissing(`The vault ${path}`);
  return plain || sameBytes(header.keyId, seal.keyId);
}

/** Old secrets must not stay on the disk when their file is replaced. */
async function overwriteAll(disk: Disk, path: string, size: number): Promise<void> {
  const file = await disk.open(path);
  try {
    for (let at = 0; at < size; at += ZEROS) {
      await file.write(at, new Uint8Array(Math.min(ZEROS, size - at)));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
