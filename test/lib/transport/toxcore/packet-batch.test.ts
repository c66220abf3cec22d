import assert from 'node:assert/strict';
import { packPackets, unpackPackets } from '../../../../lib/transport/toxcore/packet-batch';

describe('batch of packets between the processes', () => {
  it('gives back the packets of every length in their order', () => {
    const packets = [1, 255, 256, 1373, 0, 2].map((length, i) => new Uint8Array(length).fill(160 + i));
    assert.deepEqual(unpackPackets(packPackets(packets)), packets);
    assert.deepEqual(unpackPackets(packPackets([])), []);
  });

  it('holds copies', () => {
    const packet = Uint8Array.of(160, 1);
    const packed = packPackets([packet]);
    packet[1] = 2;
    assert.deepEqual(unpackPackets(packed), [Uint8Array.of(160, 1)]);
  });

  it('is refused when it is cut off anywhere', () => {
    const packed = packPackets([Uint8Array.of(160, 1, 2), Uint8Array.of(161, 3)]);
    const whole = new Set([0, 5, packed.length]);
    for (let length = 0; length < packed.length; length += 1) {
      if (whole.has(length)) continue;
      assert.throws(() => unpackPackets(packed.subarray(0, length)), RangeError, `${length} bytes`);
    }
  });
});
