import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import { MAX_PACKET_BYTES, PACKET_WINDOW, type Transport } from '../../transport/transport';
import { hasCode } from '../has-code';
import { numbered, type RecordingHandler } from './recording-handler';
import { STRANGER, type TransportTest } from './transport-under-test';

/** Packets: lengths, order, the window, and calls from inside a handler. */
export function packetTests(test: TransportTest): void {
  test('carries the longest packet and both ends of the id range unchanged', async ({
    a,
    aSends,
    atB,
    until,
  }) => {
    const longest = Uint8Array.from({ length: MAX_PACKET_BYTES }, (_, i) => (i === 0 ? 191 : i & 0xff));
    const shortest = Uint8Array.of(160);
    assert.equal(aSends(longest), 'sent');
    assert.equal(aSends(shortest), 'sent');
    await until('two packets', () => atB.packets.length === 2);
    assert.deepEqual(atB.packets.map(toHex), [longest, shortest].map(toHex));
    assert.deepEqual(atB.from, [toHex(a.self), toHex(a.self)]);
  });

  test('takes a copy: the sender may wipe its bytes at once', async ({ aSends, atB, until }) => {
    const packet = numbered(7);
    aSends(packet);
    packet.fill(0);
    await until('the packet', () => atB.packets.length === 1);
    assert.deepEqual(atB.packets.map(toHex), [toHex(numbered(7))]);
  });

  test('refuses a packet that is empty, too long or has an id that is not lossless', ({ aSends }) => {
    const bad = [
      new Uint8Array(),
      new Uint8Array(MAX_PACKET_BYTES + 1).fill(160),
      Uint8Array.of(159),
      Uint8Array.of(192),
    ];
    for (const packet of bad) assert.throws(() => aSends(packet), hasCode('ErrInvalidArgument'));
  });

  test('has nobody but friends to send to', async ({ a }) => {
    assert.equal(a.sendPacket(STRANGER, numbered(1)), 'offline');
    assert.equal(a.sendPacket(a.self, numbered(1)), 'offline');
    assert.equal(await a.sendMessage(STRANGER, 'normal', 'hello?'), false);
  });

  test(`is busy after ${PACKET_WINDOW} packets without an acknowledgement, and says when it is not`, async ({
    aSends,
    allAcknowledged,
    atA,
    atB,
    until,
  }) => {
    await allAcknowledged();
    let taken = 0;
    while (aSends(numbered(taken)) === 'sent') taken += 1;
    assert.equal(taken, PACKET_WINDOW);
    assert.equal(aSends(numbered(taken)), 'busy');
    await until('writable', () => atA.writable > 0);
    assert.equal(aSends(numbered(taken)), 'sent');
    await until('all packets', () => atB.packets.length === taken + 1);
    assert.deepEqual(atB.numbers(), [...Array(taken + 1).keys()]);
  });

  test('delivers many packets in order, each once, in both directions at the same time', async ({
    a,
    atA,
    atB,
    b,
    until,
  }) => {
    const count = 1500;
    const flow = (transport: Transport, to: Uint8Array, handler: RecordingHandler) => {
      let next = 0;
      const fill = () => {
        while (next < count && transport.sendPacket(to, numbered(next)) === 'sent') next += 1;
      };
      handler.whenWritable = fill;
      fill();
    };
    flow(a, b.self, atA);
    flow(b, a.self, atB);
    await until('everything', () => atA.packets.length >= count && atB.packets.length >= count);
    assert.deepEqual(atA.numbers(), [...Array(count).keys()]);
    assert.deepEqual(atB.numbers(), [...Array(count).keys()]);
  });

  test('can be used from inside a handler', async ({ a, aSends, atA, atB, b, until }) => {
    atB.whenPacket = (packet) => atB.watch(() => b.sendPacket(a.self, packet));
    atA.whenPacket = () => atA.packets.length < 20 && aSends(numbered(atA.packets.length));
    aSends(numbered(0));
    await until('20 rounds', () => atA.packets.length === 20);
    assert.deepEqual(atA.numbers(), [...Array(20).keys()]);
  });
}
