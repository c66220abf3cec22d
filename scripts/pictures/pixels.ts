import { inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** Length and type before the data of a chunk, and the checksum behind it. */
const CHUNK_HEAD = 8;
const CHUNK_END = 4;

/** A picture in colours of 24 bits, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly colours: Uint32Array;
}

/**
 * Reads what a browser makes of a page: a PNG file of 8 bits for red, green and blue, with or without alpha, which is
 * left out, and without interlacing.
 * @throws Error for another kind of PNG file
 */
export function readPixels(png: Buffer): Pixels {
  const [headers, data]: [Buffer[], Buffer[]] = [[], []];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + CHUNK_HEAD);
    const content = png.subarray(at + CHUNK_HEAD, at + CHUNK_HEAD + length);
    if (type === 'IHDR') headers.push(content);
    if (type === 'IDAT') data.push(content);
    at += CHUNK_HEAD + length + CHUNK_END;
  }
  const header = Buffer.concat(headers);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, kind = -1, , , interlaced] = header.subarray(8);
  const size = new Map([
    [2, 3],
    [6, 4],
  ]).get(kind);
  if (size === undefined || depth !== 8 || interlaced !== 0) throw new Error('The picture is no plain PNG.');
  const bytes = unfilter(inflateSync(Buffer.concat(data)), width * size, height, size);
  const colours = Uint32Array.from({ length: width * height }, (_none, index) =>
    bytes.readUIntBE(index * size, 3),
  );
  return { width, height, colours };
}

/** Undoes the filter of each row, as chapter 9 of the PNG specification describes it. */
function unfilter(rows: Buffer, width: number, height: number, size: number): Buffer {
  const bytes = Buffer.alloc(width * height);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 ? 0 : (bytes[row * width + column] ?? 0);
  for (let row = 0; row < height; row += 1) {
    const start = row * (width + 1);
    const filter = rows[start] ?? 0;
    for (let column = 0; column < width; column += 1) {
      const [left, up] = [at(row, column - size), at(row - 1, column)];
      const guess = [0, left, up, (left + up) >> 1, nearestOf(left, up, at(row - 1, column - size))];
      bytes[row * width + column] = (rows[start + 1 + column] ?? 0) + (guess[filter] ?? 0);
    }
  }
  return bytes;
}

function nearestOf(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
