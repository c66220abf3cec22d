import type { Operation } from './write-batch';

/** Length of key (2 bytes) and of value (4 bytes). */
const HEADER_BYTES = 6;
/** In place of a value's length: delete the key. */
const NO_VALUE = 0xffffffff;

/** Operations as one block of memory that is handed to the writing thread without a further copy. */
export function packOperations(operations: readonly Operation[]): ArrayBuffer {
  let length = 0;
  for (const [key, value] of operations) length += HEADER_BYTES + key.length + (value?.length ?? 0);
  const packed = new Uint8Array(length);
  const header = new DataView(packed.buffer);
  let offset = 0;
  for (const [key, value] of operations) {
    header.setUint16(offset, key.length);
    header.setUint32(offset + 2, value ? value.length : NO_VALUE);
    packed.set(key, offset + HEADER_BYTES);
    offset += HEADER_BYTES + key.length;
    if (value) packed.set(value, offset);
    offset += value?.length ?? 0;
  }
  return packed.buffer;
}

export function* unpackOperations(packed: ArrayBuffer): Generator<Operation> {
  const header = new DataView(packed);
  let offset = 0;
  while (offset < packed.byteLength) {
    const keyLength = header.getUint16(offset);
    const valueLength = header.getUint32(offset + 2);
    const key = new Uint8Array(packed, offset + HEADER_BYTES, keyLength);
    offset += HEADER_BYTES + keyLength;
    if (valueLength === NO_VALUE) {
      yield [key, undefined];
    } else {
      yield [key, new Uint8Array(packed, offset, valueLength)];
      offset += valueLength;
    }
  }
}
