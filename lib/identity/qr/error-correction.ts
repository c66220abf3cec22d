/** Reed-Solomon codes of QR codes: GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004, 7.5). */

const POLYNOMIAL = 0x11d;

/** The `count` bytes that follow `data`, which correct half as many errors. */
export function errorCorrection(data: readonly number[], count: number): number[] {
  const divisor = generator(count);
  const rest = new Array<number>(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    divisor.forEach((coefficient, i) => (rest[i] = (rest[i] ?? 0) ^ product(coefficient, factor)));
  }
  return rest;
}

/** The product of (x - 2^i) for i below `degree`, highest power first, without the leading 1. */
function generator(degree: number): number[] {
  let coefficients = [...new Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    const by = root;
    coefficients = coefficients.map((each, j) => product(each, by) ^ (coefficients[j + 1] ?? 0));
    root = product(root, 2);
  }
  return coefficients;
}

function product(a: number, b: number): number {
  let result = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    result = (result << 1) ^ ((result >> 7) * POLYNOMIAL);
    if ((b >> bit) & 1) result ^= a;
  }
  return result;
}
