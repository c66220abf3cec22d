import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitIntoFrames } from '../../../lib/protocol/session/frames';
import { createWorld, crypto, mail, watch, withRawPeer, type World } from './support/world';
import { connect, disconnect } from './support/test-transport';

describe('sealed messages of a session', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('sealed messages');
  });

  /** A session in which the test plays side 1. */
  async function session() {
    const watched = await withRawPeer(world, 2);
    watched.peer.greet();
    const events = () => watched.events.splice(0).filter((event) => event !== 'session');
    return { ...watched, told: events, friend: watched.peer.identity.publicKey };
  }

  it('arrive in the order of sending', async () => {
    const { network, peer, told, friend } = await session();
    for (let n = 1; n <= 5; n++) {
      peer.say(mail(n));
      network.send(friend, mail(10 + n));
    }
    assert.deepEqual(
      told(),
      [1, 2, 3, 4, 5].map((n) => `message mail ${n}`),
    );
    assert.deepEqual(peer.opened(), [11, 12, 13, 14, 15].map(mail));
  });

  it('of several packets arrive whole, and not at all when a packet is missing', async () => {
    const { peer, told } = await session();
    const exchange = { kind: 'exchange', exchange: new Uint8Array(3546) } as const;
    peer.say(exchange);
    assert.deepEqual(told(), ['message exchange']);
    for (const missing of [0, 1, 2]) {
      const packets = splitIntoFrames(peer.sealMessage(exchange), 500 + missing);
      assert.equal(packets.length, 3);
      for (const [i, packet] of packets.entries()) if (i !== missing) peer.sendPacket(packet);
    }
    peer.say(mail(1));
    assert.deepEqual(told(), ['message mail 1']);
  });

  it('are dropped when their packets stretch over more than 30 s', async () => {
    const { peer, told } = await session();
    const packets = splitIntoFrames(
      peer.sealMessage({ kind: 'exchange', exchange: new Uint8Array(3546) }),
      500,
    );
    peer.sendPacket(packets[0]!);
    await world.time.advance(31_000);
    peer.sendPacket(packets[1]!);
    peer.sendPacket(packets[2]!);
    assert.deepEqual(told(), []);
  });

  it('cannot be sent without a session', async () => {
    const { network, transport, friend } = await session();
    assert.equal(network.send(world.side2.publicKey, mail(1)), false);
    assert.equal(network.send(friend, mail(1)), true);
    transport.handler?.onFriend(friend, false);
    assert.equal(network.send(friend, mail(1)), false);
  });

  it('are taken once: a replayed one is dropped', async () => {
    const { network, peer, told } = await session();
    const message = peer.sealMessage(mail(1));
    peer.send(message);
    peer.send(message);
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.unverified, 1);
  });

  it('are dropped when they come after a later one', async () => {
    const { peer, told } = await session();
    const early = peer.sealMessage(mail(1));
    peer.say(mail(2));
    peer.send(early);
    assert.deepEqual(told(), ['message mail 2']);
  });

  it('are dropped when recorded in an earlier session', async () => {
    const { peer, told } = await session();
    const recorded = peer.sealMessage(mail(1), 1000);
    await world.time.advance(3000);
    peer.greet();
    peer.say(mail(2));
    peer.send(recorded);
    assert.deepEqual(told(), ['message mail 2']);
  });

  it('are dropped when reflected to their sender', async () => {
    const { network, peer, told, friend } = await session();
    network.send(friend, mail(1));
    for (const message of peer.received()) peer.send(message);
    assert.deepEqual(told(), []);
  });

  it('are dropped when a byte of them was changed, or some are missing', async () => {
    const { transport, peer, told, friend } = await session();
    const { length } = peer.sealMessage(mail(1));
    for (let i = 0; i < length; i++) {
      // A new connection each time, or they would soon be ignored for another reason.
      transport.handler?.onFriend(friend, false);
      transport.handler?.onFriend(friend, true);
      peer.greet();
      const good = peer.sealMessage(mail(1));
      const forged = good.slice();
      forged[i] = (forged[i] ?? 0) ^ 1;
      peer.send(forged);
      if (i > 0) peer.send(good.subarray(0, i));
      assert.deepEqual(
        told().filter((event) => event !== 'closed'),
        [],
      );
      peer.send(good);
      assert.deepEqual(told(), ['message mail 1']);
    }
  });

  it('of an unknown kind are ignored and counted', async () => {
    const { network, peer, told } = await session();
    peer.send(peer.seal(0x7f, new Uint8Array(10)));
    peer.say(mail(1));
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.unknown, 1);
    // The same outside the seal: a later version may have more than wake, hello and sealed messages.
    peer.send(Uint8Array.of(3, 1, 2));
    assert.equal(network.ignored.unknown, 2);
  });

  it('with a malformed body are dropped and counted', async () => {
    const { network, peer, told, errors } = await session();
    for (const kind of [0x10, 0x12, 0x20, 0x23, 0x25, 0x28, 0x32])
      peer.send(peer.seal(kind, Uint8Array.of(9)));
    peer.say(mail(1));
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.malformed, 7);
    assert.deepEqual(errors, []);
  });

  describe('when the friend shakes hands again in the same connection', () => {
    it('go out under the new keys at once', async () => {
      const { network, peer, friend } = await session();
      const old = peer.keys;
      await world.time.advance(3000);
      peer.greet();
      network.send(friend, mail(1));
      const messages = peer.received();
      assert.equal(messages.length, 1);
      messages.forEach((message) => peer.send(message));
      network.send(friend, mail(2));
      assert.deepEqual(peer.opened(old), []);
      network.send(friend, mail(3));
      assert.deepEqual(peer.opened(), [mail(3)]);
    });

    it('are still taken under the old keys until the first one under the new keys verifies', async () => {
      const { peer, told } = await session();
      const old = peer.keys;
      peer.say(mail(1));
      await world.time.advance(3000);
      peer.greet();
      peer.send(peer.sealMessage(mail(2), 100, old));
      peer.say(mail(3));
      peer.send(peer.sealMessage(mail(4), 101, old));
      assert.deepEqual(told(), ['message mail 1', 'message mail 2', 'message mail 3']);
    });

    it('are still taken under the keys in use when the friend began several times', async () => {
      const { peer, told } = await session();
      const old = peer.keys;
      peer.say(mail(1));
      for (let i = 0; i < 3; i++) {
        await world.time.advance(3000);
        peer.sayHello();
      }
      peer.send(peer.sealMessage(mail(2), 100, old));
      assert.deepEqual(told(), ['message mail 1', 'message mail 2']);
    });

    it('may not go back in the count of the old keys', async () => {
      const { peer, told } = await session();
      const old = peer.keys;
      const replayed = peer.sealMessage(mail(1));
      peer.send(replayed);
      await world.time.advance(3000);
      peer.greet();
      peer.send(replayed);
      peer.send(peer.sealMessage(mail(2), 1, old));
      assert.deepEqual(told(), ['message mail 1']);
    });
  });

  describe('that do not verify', () => {
    const junk = () => new Uint8Array(60).fill(2);

    it('are not even looked at for a minute after ten in a minute', async () => {
      const { peer, told } = await session();
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
      const { peer, told } = await session();
      for (let i = 0; i < 10; i++) peer.send(junk());
      await world.time.advance(30_000);
      for (let i = 0; i < 30; i++) peer.send(junk());
      await world.time.advance(31_000);
      peer.say(mail(1));
      assert.deepEqual(told(), ['message mail 1']);
    });

    it('cost nothing when they come slowly', async () => {
      const { peer, told } = await session();
      for (let i = 0; i < 30; i++) {
        peer.send(junk());
        await world.time.advance(7000);
      }
      peer.say(mail(1));
      assert.deepEqual(told(), ['message mail 1']);
    });

    it('are forgotten with the connection', async () => {
      const { transport, peer, told, friend } = await session();
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
      const { network, transport, peer, errors, friend } = await session();
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

  it('leave no secret of a hello behind, answered or not', async () => {
    for (const side of [1, 2] as const) {
      const secrets: Uint8Array[] = [];
      const { transport, peer } = await withRawPeer(world, side, {
        crypto: {
          ...crypto,
          keyPairFromSecret: (secret) => {
            const pair = crypto.keyPairFromSecret(secret);
            secrets.push(pair.secretKey);
            return pair;
          },
        },
      });
      await world.time.advance(25_000);
      if (side === 1) peer.answer();
      else peer.greet();
      await world.time.advance(3000);
      if (side === 2) peer.send(Uint8Array.of(1, 1, 1, ...new Uint8Array(42 + 1184)));
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(1000);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      assert.equal(secrets.length, side === 1 ? 4 : 2);
      for (const secret of secrets) assert.ok(secret.every((byte) => byte === 0));
    }
  });

  it('leave no key behind when the connection ends', async () => {
    const wiped = new Set<Uint8Array>();
    const one = await watch(world, world.side1);
    const two = await watch(world, world.side2, {
      crypto: {
        ...crypto,
        wipe: (bytes) => {
          wiped.add(bytes);
          crypto.wipe(bytes);
        },
        secretbox: (plain, nonce, key) => {
          keys.add(key);
          return crypto.secretbox(plain, nonce, key);
        },
        openSecretbox: (boxed, nonce, key) => {
          keys.add(key);
          return crypto.openSecretbox(boxed, nonce, key);
        },
      },
    });
    const keys = new Set<Uint8Array>();
    connect(one.transport, two.transport);
    await world.time.advance(3000);
    const exchange = async () => {
      one.network.send(world.side2.publicKey, mail(1));
      two.network.send(world.side1.publicKey, mail(2));
      await world.time.advance(100);
    };
    await exchange();
    one.transport.handler?.onFriend(world.side2.publicKey, false);
    one.transport.handler?.onFriend(world.side2.publicKey, true);
    await world.time.advance(100);
    await exchange();
    assert.equal(keys.size, 4);
    disconnect(one.transport, two.transport);
    for (const key of keys) assert.ok(wiped.has(key) && key.every((byte) => byte === 0));
  });
});
