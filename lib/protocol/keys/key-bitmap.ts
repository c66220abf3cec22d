import { ToxAsyncError } from '../../errors';
import { MAX_BATCH_KEYS } from './key-list';

/** One bit for each key that a batch can have. */
export const BITMAP_BYTES = 13;

/** Index 1 is the highest bit of the first byte. @throws ErrInvalidArgument */
export function toBitmap(indexes: readonly number[]): Uint8Array {
  const bitmap = new Uint8Array(BITMAP_BYTES);
  for (const index of indexes) {
    if (!Number.isInteger(index) || index < 1 || index > MAX_BATCH_KEYS) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        `A key index must be between 1 and ${MAX_BATCH_KEYS}, not ${index}.`,
      );
    }
    const byte = (index - 1) >> 3;
    bitmap[byte] = (bitmap[byte] ?? 0) | (0x80 >> ((index - 1) & 7));
  }
  return bitmap;
}

/** The indexes, rising. */
export function fromBitmap(bitmap: Uint8Array): number[] {
  const indexes: number[] = [];
  bitmap.forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >> bit)) !== 0) indexes.push(i * 8 + bit + 1);
  });
  return indexes;
}
