import { readUint } from './bytes';

const RECEIPT_CODES = [0, 12, 13, 14, 19];

/** Whether the data of a message of type 0x80 has its form. */
export function isMailOfReceipts(data: Uint8Array): boolean {
  const batches = new Set([0]);
  let offset = 3;
  const n = data[2] ?? 0;
  for (let i = 0; i < n; i += 1) {
    batches.add(readUint(data, offset, 3));
    const bits = [...data.subarray(offset + 3, offset + 16)].reduce((sum, byte) => sum + bitsOf(byte), 0);
    offset += 16 + 4 * bits;
  }
  const m = data[offset] ?? 0;
  const codes = Array.from({ length: m }, (_, i) => data[offset + 33 * (i + 1)] ?? 255);
  return (
    data.length === offset + 1 + 33 * m &&
    n <= 64 &&
    m <= 41 &&
    batches.size === n + 1 &&
    codes.every((code) => RECEIPT_CODES.includes(code))
  );
}

function bitsOf(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
