import assert from 'node:assert/strict';
import { MAX_QUEUED_BYTES, PacketQueue } from '../../../lib/network/packet-queue';
import { FrameAssembler } from '../../../lib/protocol/session/frames';
import type { SendResult } from '../../../lib/transport/transport';

/** A transport that takes so many packets before it is busy. */
class Gate {
  room = Infinity;
  offline = false;
  asked = 0;
  readonly #frames = new FrameAssembler();
  readonly messages: Uint8Array[] = [];
  readonly numbers: number[] = [];

  readonly send = (packet: Uint8Array): SendResult => {
    this.asked += 1;
    if (this.offline) return 'offline';
    if (this.room <= 0) return 'busy';
    this.room -= 1;
    this.numbers.push((packet[2] ?? 0) * 256 + (packet[3] ?? 0));
    const message = this.#frames.accept(packet, 0);
    if (message) this.messages.push(message);
    return 'sent';
  };
}

const message = (n: number, length = 10) => new Uint8Array(length).fill(n);

describe('the queue of packets for one friend', () => {
  it('sends at once while the transport takes packets, and numbers the messages', () => {
    const gate = new Gate();
    const queue = new PacketQueue(gate.send);
    for (let n = 0; n < 4; n++) assert.equal(queue.push(message(n)), true);
    assert.deepEqual(
      gate.messages,
      [0, 1, 2, 3].map((n) => message(n)),
    );
    assert.deepEqual(gate.numbers, [0, 1, 2, 3]);
  });

  it('counts messages modulo 65,536', () => {
    const gate = new Gate();
    const queue = new PacketQueue(gate.send);
    for (let n = 0; n <= 65_537; n++) queue.push(message(1));
    assert.deepEqual(gate.numbers.slice(-3), [65_535, 0, 1]);
  });

  it('waits while the transport is busy, and goes on in order with the packet that was refused', () => {
    const gate = new Gate();
    gate.room = 2;
    const queue = new PacketQueue(gate.send);
    const messages = [message(1, 4000), message(2), message(3, 4000)];
    for (const one of messages) queue.push(one);
    assert.equal(gate.asked, 3, 'it does not try again before it is asked to');
    gate.room = 1;
    queue.writable();
    assert.deepEqual(gate.messages, messages.slice(0, 1));
    gate.room = Infinity;
    queue.writable();
    assert.deepEqual(gate.messages, messages);
  });

  it('refuses messages when too much waits, and takes them again when it went out', () => {
    const gate = new Gate();
    gate.room = 0;
    const queue = new PacketQueue(gate.send);
    let taken = 0;
    while (queue.push(message(1, 5000))) taken += 1;
    assert.equal(taken, Math.floor(MAX_QUEUED_BYTES / (5000 + 4 * 6)));
    gate.room = Infinity;
    queue.writable();
    assert.equal(gate.messages.length, taken);
    assert.equal(queue.push(message(2, 5000)), true);
    assert.deepEqual(gate.messages.at(-1), message(2, 5000));
  });

  it('takes a message that just fits, and none that is a byte longer', () => {
    const gate = new Gate();
    gate.room = 0;
    const queue = new PacketQueue(gate.send);
    let room = MAX_QUEUED_BYTES;
    for (; room > 2 * 1367; room -= 1367 + 6) assert.ok(queue.push(message(1, 1367)));
    assert.equal(queue.push(message(2, room + 1)), false);
    assert.equal(queue.push(message(2, room)), true);
  });

  it('lets go of everything when the friend is offline', () => {
    const gate = new Gate();
    gate.room = 0;
    const queue = new PacketQueue(gate.send);
    for (let n = 0; n < 5; n++) queue.push(message(n));
    gate.offline = true;
    queue.writable();
    gate.offline = false;
    gate.room = Infinity;
    queue.writable();
    assert.deepEqual(gate.messages, []);
  });
});
