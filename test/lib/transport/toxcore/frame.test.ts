import assert from 'node:assert/strict';
import { serialize } from 'node:v8';
import { decodeFrame, encodeFrame } from '../../../../lib/transport/toxcore/frame';

/** As the other process gets it: without the length of it all. */
const sent = (message: unknown) => Buffer.concat(encodeFrame(message)).subarray(4);
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

describe('a frame between the processes', () => {
  it('gives back every value, and bytes short and long in their places', () => {
    const message = {
      kind: 'x',
      none: undefined,
      big: 1n,
      nested: [{ a: filled(2047, 1), b: filled(2048, 2) }, filled(0, 0), [filled(9000, 3)]],
      text: 'größer',
    };
    assert.deepEqual(decodeFrame(sent(message)), message);
  });

  it('says how long it is', () => {
    for (const message of [null, filled(10, 1), [filled(5000, 1), filled(6000, 2)]]) {
      const frame = Buffer.concat(encodeFrame(message));
      assert.equal(frame.readUInt32BE(), frame.length - 4);
    }
  });

  it('has long bytes as they are, not as copies, and is read without one', () => {
    const long = filled(5000, 1);
    assert.equal(encodeFrame({ long }).at(-1), long);
    const frame = sent({ long });
    const read = decodeFrame(frame) as { long: Uint8Array };
    frame.fill(9);
    assert.deepEqual(read.long, filled(5000, 9));
    assert.equal(Object.getPrototypeOf(read.long), Uint8Array.prototype, 'a slice of a Buffer is no copy');
  });

  it('holds no other view of memory', () => {
    assert.throws(() => encodeFrame({ numbers: new Uint16Array(2) }), TypeError);
  });

  it('is refused when it is cut off anywhere', () => {
    const frame = sent({ long: [filled(3000, 1), filled(3000, 2)], short: filled(5, 1) });
    for (let length = 0; length < frame.length; length += 1) {
      assert.throws(() => decodeFrame(frame.subarray(0, length)), Error, `${length} bytes`);
    }
  });

  it('is refused when it is something else', () => {
    const body = serialize({ kind: 'x' });
    assert.throws(() => decodeFrame(body));
    const head = Buffer.from([0, 0, 0, 3]);
    assert.throws(() => decodeFrame(Buffer.concat([head, Buffer.from('abc')])));
  });
});
