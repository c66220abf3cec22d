import type { CryptoProvider } from '../../crypto/provider';
import { KEY_BYTES } from '../../crypto/lengths';
import { ToxAsyncError } from '../../errors';
import type { PublicKey } from '../../types';
import type { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';

/** Most keys of one batch, and the highest index in it. */
export const MAX_BATCH_KEYS = 104;
/** Longest time for which keys may be offered, seconds (the specification's MaxPreKeyAge). */
export const MAX_VALID = 30 * 24 * 60 * 60;

/** Secret bytes that a batch of keys brings with it (key-secret.ts). */
export const SEED_BYTES = 32;

/** The public half of a one-time key and its place in its batch. */
export interface ListedKey {
  /** 1..104. */
  readonly index: number;
  readonly publicKey: PublicKey;
}

/**
 * SHA-256 of the seed and all index || public: a batch number that comes again with another list is a clash, not a
 * repetition. The same for an exchange and for keys by mail.
 */
export function keyListHash(
  crypto: CryptoProvider,
  { seed, keys }: { readonly seed: Uint8Array; readonly keys: readonly ListedKey[] },
): Uint8Array {
  const w = new ByteWriter('list of keys').fixed(seed, SEED_BYTES);
  writeKeys(w, keys);
  const list = w.done();
  const hash = crypto.sha256(list);
  crypto.wipe(list);
  return hash;
}

/** count x (index 1 | public 32), indexes rising; the count is the caller's. @throws ErrInvalidArgument */
export function writeKeys(w: ByteWriter, keys: readonly ListedKey[]): void {
  let last = 0;
  for (const { index, publicKey } of keys) {
    if (index <= last || index > MAX_BATCH_KEYS) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        `Key indexes must increase, from 1 to ${MAX_BATCH_KEYS}.`,
      );
    }
    last = index;
    w.u8(index).fixed(publicKey, KEY_BYTES);
  }
}

/** Whether the keys are acceptable is for their holder to judge, who can then answer. @throws ErrMalformed */
export function readKeys(r: ByteReader, count: number): ListedKey[] {
  let last = 0;
  return r.list(count, () => {
    const index = r.u8();
    if (index <= last || index > MAX_BATCH_KEYS)
      throw r.bad('its key indexes do not increase or are too high');
    last = index;
    return { index, publicKey: r.bytes(KEY_BYTES) };
  });
}

/** Seconds, 1 to MAX_VALID. @throws ErrMalformed */
export function readValid(r: ByteReader): number {
  const valid = r.u32();
  if (valid === 0) throw r.bad('its keys are valid for no time');
  if (valid > MAX_VALID) throw r.bad(`its keys are valid for more than ${MAX_VALID} seconds`);
  return valid;
}

/** @throws ErrInvalidArgument */
export function writeValid(w: ByteWriter, valid: number): void {
  if (valid === 0 || valid > MAX_VALID) {
    throw new ToxAsyncError('ErrInvalidArgument', `Keys must be valid for 1 to ${MAX_VALID} seconds.`);
  }
  w.u32(valid);
}

/** 24 bits, never 0. @throws ErrMalformed */
export function readBatch(r: ByteReader): number {
  const batch = r.u24();
  if (batch === 0) throw r.bad('its batch number is 0');
  return batch;
}

/** @throws ErrInvalidArgument */
export function writeBatch(w: ByteWriter, batch: number): void {
  if (batch === 0)
    throw new ToxAsyncError('ErrInvalidArgument', 'A batch number must not be 0. Draw another.');
  w.u24(batch);
}
