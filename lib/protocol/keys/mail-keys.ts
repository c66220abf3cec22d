import { ToxAsyncError } from '../../errors';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import {
  readBatch,
  readKeys,
  readValid,
  SEED_BYTES,
  writeBatch,
  writeKeys,
  writeValid,
  type ListedKey,
} from './key-list';

/**
 * The data of a message of type 0x81 (docs/PROTOCOL.md, "Types"): batch 3 | valid 4 | held 2 | seed 32 |
 * count 1 (1..40) | count x (index 1 | public 32), at most 1,362 bytes. The envelope around it proves who made it and
 * keeps the seed secret.
 */
export interface MailKeys {
  /** 24 bits, never 0; each such message is one batch. */
  readonly batch: number;
  /** Seconds for which the keys may be used, counted from when the holder takes them; at least 1. */
  readonly valid: number;
  /** Keys of the reader that the writer still holds after sealing this. */
  readonly held: number;
  /** 32 secret bytes, as in an exchange. */
  readonly seed: Uint8Array;
  /** 1 to 40. */
  readonly keys: readonly ListedKey[];
}

/** As many as one envelope holds. */
export const MAX_MAIL_KEYS = 40;

/** @throws ErrInvalidArgument */
export function encodeMailKeys({ batch, valid, held, seed, keys }: MailKeys): Uint8Array {
  if (keys.length === 0) {
    throw new ToxAsyncError('ErrInvalidArgument', 'A key message carries at least one key.');
  }
  const w = new ByteWriter('key message');
  writeBatch(w, batch);
  writeValid(w, valid);
  w.u16(held).fixed(seed, SEED_BYTES).count(keys, MAX_MAIL_KEYS);
  writeKeys(w, keys);
  return w.done();
}

/** The seed is a copy, for the caller to wipe. @throws ErrMalformed */
export function decodeMailKeys(data: Uint8Array): MailKeys {
  const r = new ByteReader(data, 'key message');
  const batch = readBatch(r);
  const valid = readValid(r);
  const held = r.u16();
  const seed = r.bytes(SEED_BYTES);
  const count = r.count(MAX_MAIL_KEYS);
  if (count === 0) throw r.bad('it has no keys');
  const keys = readKeys(r, count);
  r.end();
  return { batch, valid, held, seed, keys };
}
