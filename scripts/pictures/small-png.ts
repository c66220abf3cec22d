import { readFile, writeFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import { type Pixels, readPixels } from './pixels';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** An index of one byte names so many colours. */
const MOST_COLOURS = 256;
/** Kind of PNG whose pixels are indexes of a palette. */
const INDEXED = 3;

/** Rewrites a browser's PNG file in at most 256 colours, which halves it: the pictures are in the package. */
export async function shrinkPicture(file: string): Promise<void> {
  await writeFile(file, smallPng(readPixels(await readFile(file))));
}

/** A PNG file of the colours that are seen most; each other pixel gets the one of them that is nearest. */
export function smallPng({ width, height, colours }: Pixels): Buffer {
  const palette = mostSeen(colours);
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => {
    const index = known.get(colour) ?? nearest(palette, colour);
    known.set(colour, index);
    rows[at + Math.floor(at / width) + 1] = index;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED], 8);
  const entries = Buffer.alloc(3 * palette.length);
  palette.forEach((colour, index) => entries.writeUIntBE(colour, 3 * index, 3));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', entries),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function mostSeen(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const ordered = [...counts].sort(([, one], [, other]) => other - one);
  return ordered.slice(0, MOST_COLOURS).map(([colour]) => colour);
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((each) => distance(each, colour));
  return distances.indexOf(Math.min(...distances));
}

function distance(one: number, other: number): number {
  return [16, 8, 0].reduce(
    (sum, shift) => sum + (((one >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2,
    0,
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(named.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(named, 4);
  frame.writeUInt32BE(crc32(named), 4 + named.length);
  return frame;
}
