import { ToxAsyncError } from '../../errors';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { MAX_VALID, readBatch, readKeys, writeBatch, writeKeys, type ListedKey } from './key-list';

/**
 * The data of a message of type 0x81 (docs/PROTOCOL.md, "Types"): batch 3 | valid 4 | held 2 | count 1 (1..41) |
 * count x (index 1 | public 32). The envelope around it proves who made it.
 */
export interface MailKeys {
  /** 24 bits, never 0; each such message is one batch. */
  readonly batch: number;
  /** Seconds for which the keys may be used, counted from when the holder takes them. */
  readonly valid: number;
  /** Keys of the reader that the writer still holds after sealing this. */
  readonly held: number;
  /** 1 to 41. */
  readonly keys: readonly ListedKey[];
}

/** As many as one envelope holds. */
export const MAX_MAIL_KEYS = 41;

/** @throws ErrInvalidArgument */
export function encodeMailKeys({ batch, valid, held, keys }: MailKeys): Uint8Array {
  if (keys.length === 0) {
    throw new ToxAsyncError('ErrInvalidArgument', 'A key message carries at least one key.');
  }
  if (valid > MAX_VALID) {
    throw new ToxAsyncError('ErrInvalidArgument', `Keys may be valid for at most ${MAX_VALID} seconds.`);
  }
  const w = new ByteWriter('key message');
  writeBatch(w, batch);
  w.u32(valid).u16(held).count(keys, MAX_MAIL_KEYS);
  writeKeys(w, keys);
  return w.done();
}

/** @throws ErrMalformed */
export function decodeMailKeys(data: Uint8Array): MailKeys {
  const r = new ByteReader(data, 'key message');
  const batch = readBatch(r);
  const valid = r.u32();
  if (valid > MAX_VALID) throw r.bad(`its keys are valid for more than ${MAX_VALID} seconds`);
  const held = r.u16();
  const count = r.count(MAX_MAIL_KEYS);
  if (count === 0) throw r.bad('it has no keys');
  const keys = readKeys(r, count);
  r.end();
  return { batch, valid, held, keys };
}
