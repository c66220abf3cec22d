import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { connect, disconnect } from './support/test-transport';
import { createWorld, mail, watch, type World } from './support/world';

const MINUTE = 60_000;

describe('the handshake of a connection', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake');
  });

  describe('between two friends', () => {
    it('gives both a session, and each learns what the other says once that is proven', async () => {
      const one = await watch(world, world.side1, {
        flagsFor: () => ({ acceptsStores: true, openNode: false }),
      });
      const two = await watch(world, world.side2, {
        flagsFor: () => ({ acceptsStores: false, openNode: true }),
      });
      const flags: unknown[] = [];
      for (const { network } of [one, two]) {
        network.events.on('proven', ({ peer, ...rest }) => flags.push({ ...rest, peer: toHex(peer) }));
      }
      connect(one.transport, two.transport);
      await world.time.advance(1000);
      assert.deepEqual(flags, [], 'a hello alone proves nobody');
      two.network.send(world.side1.publicKey, mail(1));
      await world.time.advance(1000);
      one.network.send(world.side2.publicKey, mail(1));
      await world.time.advance(1000);
      assert.deepEqual(flags, [
        { acceptsStores: false, openNode: true, peer: toHex(world.side2.publicKey) },
        { acceptsStores: true, openNode: false, peer: toHex(world.side1.publicKey) },
      ]);
      assert.equal(one.network.hasSession(world.side2.publicKey), true);
      assert.equal(two.network.hasSession(world.side1.publicKey), true);
    });

    it('lets each side send its first message from the session event itself', async () => {
      const both = [await watch(world, world.side1), await watch(world, world.side2)] as const;
      for (const { network } of both) {
        network.events.on('session', ({ peer }) => assert.equal(network.send(peer, mail(1)), true));
      }
      connect(both[0].transport, both[1].transport);
      await world.time.advance(1000);
      for (const { events } of both) assert.deepEqual(events, ['session', 'message mail 1']);
    });

    it('works when side 2 sees the connection long before side 1 does', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      one.transport.route(world.side2.publicKey, two.transport);
      two.transport.route(world.side1.publicKey, one.transport);
      two.transport.handler?.onFriend(world.side1.publicKey, true);
      await world.time.advance(MINUTE);
      one.transport.handler?.onFriend(world.side2.publicKey, true);
      await world.time.advance(1000);
      assert.deepEqual([one.events, two.events.at(-1)], [['session'], 'session']);
    });

    it('starts over when only side 2 lost the connection', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      connect(one.transport, two.transport);
      await world.time.advance(1000);
      two.transport.handler?.onFriend(world.side1.publicKey, false);
      two.transport.handler?.onFriend(world.side1.publicKey, true);
      await world.time.advance(5000);
      one.network.send(world.side2.publicKey, mail(1));
      two.network.send(world.side1.publicKey, mail(2));
      await world.time.advance(1000);
      assert.deepEqual(one.events, ['session', 'session', 'message mail 2']);
      assert.deepEqual(two.events, ['session', 'closed', 'session', 'message mail 1']);
    });

    it('starts over when only side 1 lost the connection', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      connect(one.transport, two.transport);
      await world.time.advance(5000);
      one.transport.handler?.onFriend(world.side2.publicKey, false);
      one.transport.handler?.onFriend(world.side2.publicKey, true);
      two.network.send(world.side1.publicKey, mail(0));
      await world.time.advance(5000);
      one.network.send(world.side2.publicKey, mail(1));
      two.network.send(world.side1.publicKey, mail(2));
      await world.time.advance(1000);
      assert.deepEqual(one.events, ['session', 'closed', 'session', 'message mail 2']);
      assert.deepEqual(two.events, ['session', 'session', 'message mail 1']);
    });

    it('finds to a session on a link so slow that answers come after the next hello', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      const held: Uint8Array[] = [];
      let stalled = true;
      connect(one.transport, two.transport, {
        ab: (packet) => {
          if (stalled) held.push(packet);
          return stalled ? [] : [packet];
        },
      });
      await world.time.advance(25_000);
      stalled = false;
      for (const packet of held) two.transport.handler?.onPacket(world.side1.publicKey, packet);
      await world.time.advance(10_000);
      assert.equal(one.network.hasSession(world.side2.publicKey), true);
      one.network.send(world.side2.publicKey, mail(1));
      await world.time.advance(1000);
      assert.equal(two.events.at(-1), 'message mail 1');
    });
  });

  it('ends with the connection: the next one agrees on new keys', async () => {
    const one = await watch(world, world.side1);
    const two = await watch(world, world.side2);
    connect(one.transport, two.transport);
    await world.time.advance(1000);
    disconnect(one.transport, two.transport);
    assert.equal(one.network.hasSession(world.side2.publicKey), false);
    connect(one.transport, two.transport);
    await world.time.advance(1000);
    assert.deepEqual(one.events, ['session', 'closed', 'session']);
    assert.deepEqual(two.events, ['session', 'closed', 'session']);
  });
});
