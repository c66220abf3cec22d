import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createWorld, mail, rawSession, withRawPeer, type World } from '../support/world';

describe('sealed messages of a session', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('sealed messages');
  });

  describe('that do not verify', () => {
    const junk = () => new Uint8Array(60).fill(2);

    it('are not even looked at for a minute after ten in a minute', async () => {
      const { peer, told } = await rawSession(world);
      for (let i = 0; i < 10; i++) peer.send(junk());
      peer.say(mail(1));
      await world.time.advance(59_000);
      peer.say(mail(2));
      assert.deepEqual(told(), []);
      await world.time.advance(2000);
      peer.say(mail(3));
      assert.deepEqual(told(), ['message mail 3']);
    });

    it('do not make that minute longer', async () => {
      const { peer, told } = await rawSession(world);
      for (let i = 0; i < 10; i++) peer.send(junk());
      await world.time.advance(30_000);
      for (let i = 0; i < 30; i++) peer.send(junk());
      await world.time.advance(31_000);
      peer.say(mail(1));
      assert.deepEqual(told(), ['message mail 1']);
    });

    it('cost nothing when they come slowly', async () => {
      const { peer, told } = await rawSession(world);
      for (let i = 0; i < 30; i++) {
        peer.send(junk());
        await world.time.advance(7000);
      }
      peer.say(mail(1));
      assert.deepEqual(told(), ['message mail 1']);
    });

    it('are forgotten with the connection', async () => {
      const { transport, peer, told, friend } = await rawSession(world);
      for (let i = 0; i < 10; i++) peer.send(junk());
      transport.handler?.onFriend(friend, false);
      transport.handler?.onFriend(friend, true);
      peer.greet();
      peer.say(mail(1));
      assert.deepEqual(told(), ['closed', 'message mail 1']);
    });

    it('do not count before there are keys: the friend may not know yet that the connection is new', async () => {
      const { network, peer, events } = await withRawPeer(world, 2);
      for (let i = 0; i < 30; i++) peer.send(junk());
      peer.greet();
      peer.say(mail(1));
      assert.deepEqual(events, ['session', 'message mail 1']);
      assert.equal(network.ignored.unverified, 0);
    });
  });

  describe('from a friend who sends anything at all', () => {
    it('throw nothing, tell nothing, and the session goes on', async () => {
      const bytes = fc.uint8Array({ minLength: 0, maxLength: 1400 });
      const step = fc.oneof(
        bytes.map((packet) => ({ what: 'packet' as const, bytes: packet })),
        bytes.map((rest) => ({ what: 'packet' as const, bytes: Uint8Array.of(0xb1, 1, 0, 0, ...rest) })),
        fc
          .uint8Array({ minLength: 1, maxLength: 5000 })
          .map((message) => ({ what: 'message' as const, bytes: message })),
        fc
          .uint8Array({ minLength: 44, maxLength: 44 })
          .map((hello) => ({ what: 'message' as const, bytes: Uint8Array.of(1, ...hello) })),
        fc
          .tuple(fc.integer({ min: 0, max: 255 }), bytes)
          .map(([kind, body]) => ({ what: 'sealed' as const, kind, bytes: body })),
      );
      const { network, transport, peer, errors, friend } = await rawSession(world);
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          transport.handler?.onFriend(friend, false);
          transport.handler?.onFriend(friend, true);
          peer.greet();
          for (const one of steps) {
            if (one.what === 'packet') peer.sendPacket(one.bytes);
            else if (one.what === 'message') peer.send(one.bytes);
            else peer.send(peer.seal(one.kind, one.bytes));
          }
          await world.time.advance(70_000);
          peer.greet();
          peer.received();
          assert.equal(network.send(friend, mail(7)), true);
          assert.deepEqual(peer.opened(), [mail(7)]);
          assert.deepEqual(errors, []);
        }),
        { numRuns: 60 },
      );
    });
  });
});
