import checkDiskSpace from 'check-disk-space';
import {
  DEFAULT_STORAGE_CAP_BYTES,
  MAX_STORAGE_BYTES,
  MAX_STORAGE_CAPACITY,
  MIN_STORAGE_BYTES,
  MIN_STORAGE_CAPACITY,
  STORAGE_PERCENTAGE,
} from '../constants';
import { asToxAsyncError } from '../errors';
import type { MailUsage } from './message-engine';

/** What one message takes on the disk, bytes (docs/SPECIFICATION.md#constants-and-limits: ~650). */
export const BYTES_PER_MESSAGE = 650;
/** What each byte of an envelope takes: nedb writes base64, and lmdb leaves room in its pages. */
const BYTES_PER_BYTE = 4 / 3;
/** What a message takes beside that: the smallest envelope, 287 bytes, makes BYTES_PER_MESSAGE. */
const RECORD_OVERHEAD_BYTES = BYTES_PER_MESSAGE - 287 * BYTES_PER_BYTE;

/** How much an ordinary user can still write on the volume of `path`. */
export type DiskSpaceProbe = (path: string) => Promise<{ freeBytes: number }>;

export const systemDiskSpace: DiskSpaceProbe = async (path) => {
  const { free } = await checkDiskSpace(path);
  return { freeBytes: free };
};

/** What a StorageCapacity needs. */
export interface StorageCapacityOptions {
  /** Absolute path of the data directory. */
  readonly path: string;
  readonly probe?: DiskSpaceProbe;
  /** The session's own cap, bytes. Default DEFAULT_STORAGE_CAP_BYTES; it may be below MIN_STORAGE_BYTES. */
  readonly capBytes?: number;
  /** Percent of the available space. */
  readonly percentage?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly minMessages?: number;
  readonly maxMessages?: number;
}

/**
 * How much a storage node takes (docs/SPECIFICATION.md#constants-and-limits): a percentage of the space that is
 * available on the data directory's volume, within bounds, and never more than the user allows. Both figures hold.
 */
export class StorageCapacity {
  readonly #path: string;
  readonly #probe: DiskSpaceProbe;
  readonly #limits: Required<Omit<StorageCapacityOptions, 'path' | 'probe'>>;
  #freeBytes: number | undefined;

  /** The smallest capacity holds until the first `update`. */
  constructor({ path, probe = systemDiskSpace, ...limits }: StorageCapacityOptions) {
    this.#path = path;
    this.#probe = probe;
    this.#limits = {
      capBytes: DEFAULT_STORAGE_CAP_BYTES,
      percentage: STORAGE_PERCENTAGE,
      minBytes: MIN_STORAGE_BYTES,
      maxBytes: MAX_STORAGE_BYTES,
      minMessages: MIN_STORAGE_CAPACITY,
      maxMessages: MAX_STORAGE_CAPACITY,
      ...limits,
    };
  }

  /** Free for an ordinary user on the volume, bytes, as last read; undefined until then. */
  get freeBytes(): number | undefined {
    return this.#freeBytes;
  }

  /** Bytes on the disk, envelopes and their records together. */
  get bytes(): number {
    return Math.min(this.#offeredBytes(), this.#limits.capBytes);
  }

  get messages(): number {
    const { minMessages, maxMessages, capBytes } = this.#limits;
    const offered = clamp(Math.floor(this.#offeredBytes() / BYTES_PER_MESSAGE), minMessages, maxMessages);
    return Math.min(offered, Math.floor(capBytes / BYTES_PER_MESSAGE));
  }

  /**
   * Reads the disk again.
   * @throws ErrStore when the disk can't be asked; the last figures stay
   */
  async update(): Promise<void> {
    try {
      const { freeBytes } = await this.#probe(this.#path);
      this.#freeBytes = freeBytes;
    } catch (error) {
      throw asToxAsyncError(error, 'ErrStore');
    }
  }

  #offeredBytes(): number {
    const { percentage, minBytes, maxBytes } = this.#limits;
    return clamp(Math.floor(((this.#freeBytes ?? 0) * percentage) / 100), minBytes, maxBytes);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** What messages with envelopes of these bytes take on the disk at most, records included. */
export function onDisk({ messages, bytes }: MailUsage): MailUsage {
  return { messages, bytes: Math.round(bytes * BYTES_PER_BYTE + messages * RECORD_OVERHEAD_BYTES) };
}
