import { readUint } from './bytes';

/** Whether a body of a sealed message has the form of its kind; false for an unknown kind as well. */
export function isBody(kind: number, body: Uint8Array): boolean {
  return (FORMS[kind] ?? (() => false))(body);
}

const at = (body: Uint8Array, offset: number) => body[offset] ?? 0;
const isCode = (code: number) => code <= 19;
const isReceiptCode = (code: number) => [0, 12, 13, 14, 19].includes(code);
const isDeliverCode = (code: number) => [0, 1, 6, 7, 11, 12, 13, 14, 15, 19].includes(code);

/** A count at `offset`, then so many entries of `size` bytes and nothing else. */
function isList(body: Uint8Array, offset: number, most: number, size: number): boolean {
  const count = at(body, offset);
  return body.length === offset + 1 + count * size && count <= most;
}

function isState(body: Uint8Array): boolean {
  let offset = 3;
  for (const [most, size] of [
    [16, 16],
    [16, 8],
    [4, 38],
  ] as const) {
    const count = at(body, offset);
    if (count > most) return false;
    const numbers = new Set([0]);
    for (let i = 0; size === 16 && i < count; i += 1) numbers.add(readUint(body, offset + 1 + i * size, 3));
    if (size === 16 && numbers.size < count + 1) return false;
    offset += 1 + count * size;
  }
  return body.length === offset;
}

const FORMS: Readonly<Record<number, (body: Uint8Array) => boolean>> = {
  0x10: isState,
  0x11: () => true,
  0x12: (b) => b.length === 19 && readUint(b, 0, 3) > 0,
  0x13: (b) => b.length === 4 && readUint(b, 0, 3) > 0 && isCode(at(b, 3)),
  0x20: (b) => b.length >= 8,
  0x21: (b) => b.length === 27 && isCode(at(b, 4)),
  0x22: (b) => b.length === 13 && at(b, 12) <= 64,
  0x23: (b) => isList(b, 6, 64, 44) && isCode(at(b, 4)) && at(b, 5) <= 1,
  0x24: (b) => isList(b, 4, 16, 16),
  0x25: (b) => b.length >= 10 && isCode(at(b, 5)),
  0x26: (b) => isList(b, 4, 64, 16) && at(b, 4) > 0,
  0x27: (b) => b.length === 6 && isCode(at(b, 4)),
  0x28: (b) => b.length === 2,
  // Of a fleet: valid for 1 to 604,800 s.
  0x29: (b) => b.length === 105 && readUint(b, 36, 4) > 0 && readUint(b, 36, 4) <= 604_800,
  0x30: (b) => b.length >= 4,
  0x31: (b) => b.length === 5 && isDeliverCode(at(b, 4)),
  0x32: (b) =>
    isList(b, 0, 41, 33) && at(b, 0) > 0 && every(at(b, 0), (i) => isReceiptCode(at(b, 33 * (i + 1)))),
  0x33: (b) => isList(b, 0, 41, 32),
};

function every(count: number, holds: (i: number) => boolean): boolean {
  return Array.from({ length: count }, (_, i) => i).every(holds);
}
