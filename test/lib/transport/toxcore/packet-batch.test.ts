import assert from 'node:assert/strict';
import {
  PacketBatch,
  packPackets,
  reuse,
  unpackPackets,
} from '../../../../lib/transport/toxcore/packet-batch';

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

  it('takes packets one by one, and begins again when it was taken', () => {
    const batch = new PacketBatch();
    const packets = Array.from({ length: 100 }, (_, i) => new Uint8Array(1373).fill(i));
    for (let i = 0; i < 2; i += 1) {
      assert.ok(batch.isEmpty);
      for (const packet of packets) batch.add(packet);
      assert.ok(!batch.isEmpty);
      assert.deepEqual(unpackPackets(batch.take()), packets);
    }
    const first = batch.take();
    batch.add(Uint8Array.of(160));
    assert.deepEqual(unpackPackets(first), []);
  });

  it('fills memory that has served, whatever is in it, and no other', () => {
    const batch = new PacketBatch();
    const filledWith = (value: number) => {
      batch.add(new Uint8Array(3000).fill(value));
      return batch.take();
    };
    const first = filledWith(1);
    const second = filledWith(2);
    assert.notEqual(second.buffer, first.buffer);
    reuse(first);
    const third = filledWith(3);
    assert.equal(third.buffer, first.buffer);
    assert.deepEqual(unpackPackets(third), [new Uint8Array(3000).fill(3)]);
    assert.deepEqual(unpackPackets(second), [new Uint8Array(3000).fill(2)]);
    reuse(third);
    for (let i = 0; i < 100; i += 1) batch.add(new Uint8Array(1373).fill(i));
    assert.equal(unpackPackets(batch.take()).length, 100, 'what is too short for all grows');
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
