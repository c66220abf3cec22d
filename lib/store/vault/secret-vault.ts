import type { WriteBatch } from '../store';

/**
 * Where every secret lives that must be gone for good one day: fixed slots in a file, overwritten in place.
 * The vault makes its secrets itself: a slot's 32 random bytes serve as a one-time secret key, or as the key of
 * one plaintext that lies in the Store as a secretbox.
 *
 * Order of a write: the slot is durable, then the batch that names it. Order of an erasure: the batch that
 * marks the slot dead, the overwrite, a sync, then the mark is deleted and the slot is free.
 */
export interface SecretVault {
  /**
   * `count` durable secrets. Those not named by a committed batch are erased at the next start.
   * @throws ErrLocalStorageFull, ErrStore, ErrClosed
   */
  allocate(count: number): Promise<VaultSecret[]>;
  /** The secret (a copy, for the caller to wipe), or undefined when it was erased, lost or damaged. */
  read(ref: SlotRef): Uint8Array | undefined;
  /**
   * Adds the dead marks to `batch`. From its commit on `read` gives undefined; the overwrite follows by itself
   * and `settled` waits for it.
   */
  erase(batch: WriteBatch, refs: readonly SlotRef[]): void;
  /** Gives back secrets that no batch will name; they are overwritten before their slots are used again. */
  discard(refs: readonly SlotRef[]): void;
  /** Resolves when every erasure whose batch is committed has reached the disk. */
  settled(): Promise<void>;
  /**
   * At start, before the network: erases every slot that is neither in `live` nor prepared for use.
   * Resolves when they are overwritten.
   */
  retainOnly(live: Iterable<SlotRef>): Promise<void>;
  close(): Promise<void>;
}

/** Names one use of one slot: a reused slot has another serial. */
export interface SlotRef {
  readonly slot: number;
  /** 48 bits, never used twice in one vault file. */
  readonly serial: number;
}

/** A new secret and where it lies. */
export interface VaultSecret {
  readonly ref: SlotRef;
  /** 32 bytes; a copy, for the caller to wipe. */
  readonly secret: Uint8Array;
}
