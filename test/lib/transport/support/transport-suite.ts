import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { MAX_PACKET_BYTES, PACKET_WINDOW, type Transport } from '../../../../lib/transport/transport';
import { numbered, RecordingHandler } from './recording-handler';

/** Two transports that are friends of each other, not started. */
export interface TransportsUnderTest {
  readonly a: Transport;
  readonly b: Transport;
  /** Lets time pass until `reached` is true; rejects, naming `what`, when it takes too long. */
  until(what: string, reached: () => boolean): Promise<void>;
  /** Lets `b` fall silent without a word, as a killed process does. */
  silence(): void;
  /** Releases everything, also when a test failed half-way. */
  close(): Promise<void>;
}

/**
 * What every Transport must do. One connection serves all tests, since a real one takes long to make; only the
 * last tests end it.
 */
export function transportSuite(
  name: string,
  open: () => Promise<TransportsUnderTest>,
  /** For one test: a real connection takes its time. */
  limitMs?: number,
): void {
  describe(`transport: ${name}`, function () {
    if (limitMs !== undefined) this.timeout(limitMs);
    let under: TransportsUnderTest;
    let a: Transport;
    let b: Transport;
    let atA: RecordingHandler;
    let atB: RecordingHandler;
    const stranger = new Uint8Array(32).fill(9);

    before(async () => {
      under = await open();
      ({ a, b } = under);
      atA = new RecordingHandler();
      atB = new RecordingHandler();
      await atA.watch(() => a.start(atA));
      await atB.watch(() => b.start(atB));
      await meet();
    });
    after(() => under.close());
    beforeEach(() => {
      atA.clear();
      atB.clear();
    });
    afterEach(() => assert.deepEqual([...atA.breaches, ...atB.breaches], []));

    const meet = () =>
      under.until('both see each other', () => a.isFriendOnline(b.self) && b.isFriendOnline(a.self));
    const aSends = (packet: Uint8Array) => atA.watch(() => a.sendPacket(b.self, packet));
    const codeOf = (code: string) => (error: unknown) => ToxAsyncError.is(error) && error.code === code;

    it('has a public key, and knows its friends and not itself', () => {
      assert.equal(a.self.length, 32);
      assert.deepEqual(a.friends().map(toHex), [toHex(b.self)]);
      assert.deepEqual(b.friends().map(toHex), [toHex(a.self)]);
    });

    it('is online, sees its friend online, and has said both', () => {
      assert.ok(a.isOnline());
      assert.ok(a.isFriendOnline(b.self));
      assert.equal(a.isFriendOnline(stranger), false);
      assert.equal(atA.online, true);
      assert.equal(atA.friends.get(toHex(b.self)), true);
    });

    it('may be started again while it runs, without effect', async () => {
      await a.start(atA);
      assert.ok(a.isFriendOnline(b.self));
      assert.deepEqual(atA.calls, []);
    });

    it('carries the longest packet and both ends of the id range unchanged', async () => {
      const longest = Uint8Array.from({ length: MAX_PACKET_BYTES }, (_, i) => (i === 0 ? 191 : i & 0xff));
      const shortest = Uint8Array.of(160);
      assert.equal(aSends(longest), 'sent');
      assert.equal(aSends(shortest), 'sent');
      await under.until('two packets', () => atB.packets.length === 2);
      assert.deepEqual(atB.packets.map(toHex), [longest, shortest].map(toHex));
      assert.deepEqual(atB.from, [toHex(a.self), toHex(a.self)]);
    });

    it('takes a copy: the sender may wipe its bytes at once', async () => {
      const packet = numbered(7);
      aSends(packet);
      packet.fill(0);
      await under.until('the packet', () => atB.packets.length === 1);
      assert.deepEqual(atB.packets.map(toHex), [toHex(numbered(7))]);
    });

    it('refuses a packet that is empty, too long or has an id that is not lossless', () => {
      const bad = [
        new Uint8Array(),
        new Uint8Array(MAX_PACKET_BYTES + 1).fill(160),
        Uint8Array.of(159),
        Uint8Array.of(192),
      ];
      for (const packet of bad) assert.throws(() => aSends(packet), codeOf('ErrInvalidArgument'));
    });

    it('has nobody but friends to send to', async () => {
      assert.equal(a.sendPacket(stranger, numbered(1)), 'offline');
      assert.equal(a.sendPacket(a.self, numbered(1)), 'offline');
      assert.equal(await a.sendMessage(stranger, 'normal', 'hello?'), false);
    });

    it(`is busy after ${PACKET_WINDOW} packets without an acknowledgement, and says when it is not`, async () => {
      await allAcknowledged();
      let taken = 0;
      while (aSends(numbered(taken)) === 'sent') taken += 1;
      assert.equal(taken, PACKET_WINDOW);
      assert.equal(aSends(numbered(taken)), 'busy');
      await under.until('writable', () => atA.writable > 0);
      assert.equal(aSends(numbered(taken)), 'sent');
      await under.until('all packets', () => atB.packets.length === taken + 1);
      assert.deepEqual(atB.numbers(), [...Array(taken + 1).keys()]);
    });

    it('delivers many packets in order, each once, in both directions at the same time', async () => {
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
      await under.until('everything', () => atA.packets.length >= count && atB.packets.length >= count);
      assert.deepEqual(atA.numbers(), [...Array(count).keys()]);
      assert.deepEqual(atB.numbers(), [...Array(count).keys()]);
    });

    it('can be used from inside a handler', async () => {
      atB.whenPacket = (packet) => atB.watch(() => b.sendPacket(a.self, packet));
      atA.whenPacket = () => atA.packets.length < 20 && aSends(numbered(atA.packets.length));
      aSends(numbered(0));
      await under.until('20 rounds', () => atA.packets.length === 20);
      assert.deepEqual(atA.numbers(), [...Array(20).keys()]);
    });

    it('carries ordinary messages of both types and confirms them', async () => {
      const longest = 'é'.repeat(686);
      const confirmed = [
        atA.watch(() => a.sendMessage(b.self, 'normal', longest)),
        atA.watch(() => a.sendMessage(b.self, 'action', 'waves')),
      ];
      await under.until('two messages', () => atB.messages.length === 2);
      assert.deepEqual(atB.messages, [
        ['normal', longest],
        ['action', 'waves'],
      ]);
      assert.deepEqual(await settled(Promise.all(confirmed)), [true, true]);
    });

    it('refuses a message that is empty or longer than 1372 bytes of UTF-8', async () => {
      await assert.rejects(a.sendMessage(b.self, 'normal', ''), codeOf('ErrMessageEmpty'));
      await assert.rejects(a.sendMessage(b.self, 'normal', 'é'.repeat(687)), codeOf('ErrMessageTooLarge'));
    });

    it('says false for a message that was not confirmed before it stopped', async () => {
      const confirmed = b.sendMessage(a.self, 'normal', 'on the way');
      await b.stop();
      assert.equal(await confirmed, false);
    });

    it('sees an orderly end of its friend soon, and takes nothing for it from then on', async () => {
      await under.until('the end', () => !a.isFriendOnline(b.self));
      await under.until('word of the end', () => atA.friends.get(toHex(b.self)) === false);
      assert.equal(aSends(numbered(1)), 'offline');
      assert.equal(await a.sendMessage(b.self, 'normal', 'too late'), false);
      assert.deepEqual(a.friends().map(toHex), [toHex(b.self)]);
    });

    it('is offline and silent when stopped, however often', async () => {
      await b.stop();
      assert.equal(b.isOnline(), false);
      assert.equal(b.isFriendOnline(a.self), false);
      assert.equal(b.sendPacket(a.self, numbered(1)), 'offline');
      assert.equal(await b.sendMessage(a.self, 'normal', 'hello?'), false);
      assert.deepEqual(atB.calls, []);
    });

    it('can be started again and meets its friend again', async () => {
      await b.start(atB);
      await meet();
      aSends(numbered(42));
      await under.until('the packet', () => atB.packets.length === 1);
      assert.deepEqual(atB.numbers(), [42]);
    });

    it('takes a window of packets for a friend who fell silent, and in time sees that it is gone', async () => {
      await allAcknowledged();
      under.silence();
      let taken = 0;
      while (aSends(numbered(taken)) === 'sent') taken += 1;
      assert.equal(taken, PACKET_WINDOW);
      const confirmed = a.sendMessage(b.self, 'normal', 'are you there?');
      await under.until('the end', () => !a.isFriendOnline(b.self));
      assert.equal(await confirmed, false);
      assert.equal(atA.friends.get(toHex(b.self)), false);
      assert.equal(aSends(numbered(1)), 'offline');
    });

    /** Packets and messages share one order: a receipt shows that everything before it has arrived. */
    async function allAcknowledged(): Promise<void> {
      assert.equal(await settled(a.sendMessage(b.self, 'normal', 'all there?')), true);
    }

    /** Time must pass for a receipt to come back. */
    async function settled<T>(promise: Promise<T>): Promise<T> {
      let done = false;
      const mark = () => {
        done = true;
      };
      promise.then(mark, mark);
      await under.until('the receipts', () => done);
      return promise;
    }
  });
}
