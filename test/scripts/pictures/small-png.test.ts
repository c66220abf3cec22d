import assert from 'node:assert/strict';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { readPixels } from '../../../scripts/pictures/pixels';
import { smallPng } from '../../../scripts/pictures/small-png';

const chunk = (type: string, data: Buffer) => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
};

/** A PNG file of two columns; each row begins with the number of its filter. */
function png(kind: number, rows: readonly number[][]): Buffer {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, rows.length, 8, kind, 0, 0, 0]);
  const data = deflateSync(Buffer.from(rows.flat()));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('The PNG files of pictures', () => {
  it('are read under each of the five filters', () => {
    const rows = [
      [0, 10, 20, 30, 40, 50, 60],
      [1, 10, 20, 30, 30, 30, 30],
      [2, 0, 0, 0, 0, 0, 0],
      [3, 5, 10, 15, 15, 15, 15],
      [4, 0, 0, 0, 0, 0, 0],
    ];
    const { width, height, colours } = readPixels(png(2, rows));
    assert.deepEqual([width, height], [2, 5]);
    const [left, right] = [0x0a141e, 0x28323c];
    assert.deepEqual([...colours], [left, right, left, right, left, right, left, right, left, right]);
  });

  it('are read without their alpha', () => {
    const { colours } = readPixels(png(6, [[0, 1, 2, 3, 255, 4, 5, 6, 0]]));
    assert.deepEqual([...colours], [0x010203, 0x040506]);
  });

  it('are refused when they are of another kind', () => {
    assert.throws(() => readPixels(png(3, [[0, 1, 2]])), /no plain PNG/);
  });

  it('keep the 256 colours that are seen most, and give others the nearest one', () => {
    const seen = Array.from({ length: 256 }, (_none, index) => index << 8);
    const colours = Uint32Array.from([...seen, ...seen, 0x00ff01, 0x100000]);
    const file = smallPng({ width: colours.length, height: 1, colours });
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < file.length;) {
      const length = file.readUInt32BE(at);
      const named = file.subarray(at + 4, at + 8 + length);
      assert.equal(file.readUInt32BE(at + 8 + length), crc32(named));
      chunks.set(named.toString('latin1', 0, 4), named.subarray(4));
      at += length + 12;
    }
    assert.deepEqual([...chunks.keys()], ['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const palette = chunks.get('PLTE') ?? assert.fail();
    const [filter, ...pixels] = inflateSync(chunks.get('IDAT') ?? assert.fail());
    assert.equal(filter, 0);
    const drawn = pixels.map((index) => palette.readUIntBE(3 * index, 3));
    assert.deepEqual(drawn, [...seen, ...seen, 0x00ff00, 0]);
  });
});
