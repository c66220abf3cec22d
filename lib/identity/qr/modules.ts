/** The square of a QR code of version 4: where its patterns and its bits go (ISO/IEC 18004, 6.3, 7.7 and 7.8). */

/** Modules in a row. */
export const SIZE = 33;
/** Place of the one alignment pattern of version 4, both ways. */
const ALIGNMENT = 26;
/** Error correction level L in the format information. */
const LEVEL_L = 1;

/** Rows of dark (true) and light modules. */
export type Modules = boolean[][];

/** Whether mask `mask` (0 to 7) turns a module around. */
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
export const MASK_COUNT = MASKS.length;

/** The whole symbol. @param codewords 100 bytes */
export function drawModules(codewords: readonly number[], mask: number): Modules {
  const modules: Modules = Array.from({ length: SIZE }, () => new Array<boolean>(SIZE).fill(false));
  const fixed: Modules = Array.from({ length: SIZE }, () => new Array<boolean>(SIZE).fill(false));
  const put = (x: number, y: number, dark: boolean) => {
    const [row, fixedRow] = [modules[y], fixed[y]];
    if (row === undefined || fixedRow === undefined || x < 0 || x >= SIZE) return;
    row[x] = dark;
    fixedRow[x] = true;
  };
  drawPatterns(put);
  drawFormat(put, mask);
  const bits = codewords.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((byte >> bit) & 1) === 1));
  const masked = MASKS[mask] ?? (() => false);
  for (const [x, y] of zigzag()) {
    const row = modules[y];
    if (row === undefined || fixed[y]?.[x]) continue;
    row[x] = (bits.shift() ?? false) !== masked(x, y);
  }
  return modules;
}

type Put = (x: number, y: number, dark: boolean) => void;

function drawPatterns(put: Put): void {
  for (let i = 0; i < SIZE; i += 1) {
    put(6, i, i % 2 === 0);
    put(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [SIZE - 4, 3],
    [3, SIZE - 4],
  ] as const)
    drawRings(put, x, y, 4, [2, 4]);
  drawRings(put, ALIGNMENT, ALIGNMENT, 2, [1]);
}

/** Squares around a place, one in another, of which those at the distances `light` are light. */
function drawRings(put: Put, x: number, y: number, radius: number, light: readonly number[]): void {
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      put(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  }
}

/** Twice, and the one module that is always dark. */
function drawFormat(put: Put, mask: number): void {
  const data = (LEVEL_L << 3) | mask;
  let rest = data;
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const format = ((data << 10) | rest) ^ 0x5412;
  const bit = (i: number) => ((format >> i) & 1) === 1;
  for (let i = 0; i < 15; i += 1) {
    // Down column 8 past the timing pattern, then left along row 8.
    if (i < 8) put(8, i < 6 ? i : i + 1, bit(i));
    else put(i === 8 ? 7 : 14 - i, 8, bit(i));
    if (i < 8) put(SIZE - 1 - i, 8, bit(i));
    else put(8, SIZE - 15 + i, bit(i));
  }
  put(8, SIZE - 8, true);
}

/** The way of the bits: columns in pairs from the right, up and down by turns, without the timing column. */
function* zigzag(): Generator<readonly [number, number]> {
  for (let right = SIZE - 1, upward = true; right > 0; right -= 2, upward = !upward) {
    if (right === 6) right -= 1;
    for (let i = 0; i < SIZE; i += 1) {
      const y = upward ? SIZE - 1 - i : i;
      yield [right, y];
      yield [right - 1, y];
    }
  }
}
