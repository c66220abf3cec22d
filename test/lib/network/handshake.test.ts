import assert from 'node:assert/strict';
import { compareBytes, sameBytes, toHex } from '../../../lib/bytes';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { FrameAssembler, splitIntoFrames } from '../../../lib/protocol/session/frames';
import { deriveSessionKeys } from '../../../lib/protocol/session/handshake';
import {
  decodeHello1,
  decodeHello2,
  encodeHello1,
  encodeHello2,
  encodeWake,
  HELLO,
  helloEcho,
  WAKE,
} from '../../../lib/protocol/session/hello';
import { sealMessage } from '../../../lib/protocol/session/sealed-message';
import { encodeSessionMessage } from '../../../lib/protocol/session/message-kinds';
import type { KeyPair } from '../../../lib/types';
import type { RawPeer } from './support/raw-peer';
import { connect, disconnect, type Tap, type TestTransport } from './support/test-transport';
import { createWorld, crypto, mail, watch, withRawPeer, type World } from './support/world';

const MINUTE = 60_000;
const FLAGS = { acceptsStores: true, openNode: false };

/** A hello of side 1 whose KEM key is good. */
function greeting({ random }: World, ephemeral: Uint8Array): Uint8Array {
  return encodeHello1({ flags: FLAGS, ephemeral, kemKey: crypto.kemPublicKey(random.bytes(64)) });
}

/** When messages that begin with `first` were sent, milliseconds. */
function timesOf(transport: TestTransport, first: number): number[] {
  const frames = new FrameAssembler();
  return transport.sent
    .filter(({ packet, at }) => frames.accept(packet, at)?.[0] === first)
    .map(({ at }) => at);
}

/** Rewrites whole messages on their way. */
function rewriting(rewrite: (message: Uint8Array) => Uint8Array): Tap {
  const frames = new FrameAssembler();
  let number = 0;
  return (packet) => {
    const message = frames.accept(packet, 0);
    return message ? splitIntoFrames(rewrite(message), number++) : [];
  };
}

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

  describe('with a silent friend', () => {
    it('side 1 says hello at once, after 10 s and 20 s, and then every 10 minutes', async () => {
      const { transport } = await withRawPeer(world, 1);
      await world.time.advance(31 * MINUTE);
      const seconds = timesOf(transport, HELLO).map((at) => Math.round(at / 1000));
      assert.deepEqual(seconds, [0, 10, 20, 620, 1220, 1820]);
    });

    it('side 2 sends its first wake after 2 s and then keeps the same times', async () => {
      const { transport } = await withRawPeer(world, 2);
      await world.time.advance(31 * MINUTE);
      const seconds = timesOf(transport, WAKE).map((at) => at / 1000);
      assert.deepEqual(seconds, [2, 12, 22, 622, 1222, 1822]);
    });

    it('side 1 uses fresh keys for each hello', async () => {
      const { peer } = await withRawPeer(world, 1);
      await world.time.advance(25 * MINUTE);
      const hellos = peer.received().map(decodeHello1);
      assert.equal(hellos.length, 5);
      assert.equal(new Set(hellos.map(({ ephemeral }) => toHex(ephemeral))).size, 5);
      assert.equal(new Set(hellos.map(({ kemKey }) => toHex(kemKey))).size, 5);
    });

    for (const side of [1, 2] as const) {
      it(`side ${side} takes it for an ordinary client when three calls had no answer`, async () => {
        const { network, events, peer } = await withRawPeer(world, side);
        await world.time.advance(29_000);
        assert.equal(network.isPlainClient(peer.identity.publicKey), false);
        await world.time.advance(5000);
        assert.equal(network.isPlainClient(peer.identity.publicKey), true);
        assert.deepEqual(events, ['plain-client']);
        await world.time.advance(60 * MINUTE);
        assert.deepEqual(events, ['plain-client']);
      });
    }

    it('never takes a friend for an ordinary client who once spoke the extension', async () => {
      const { network, events, peer } = await withRawPeer(world, 1, { hasSpoken: () => true });
      await world.time.advance(MINUTE);
      assert.equal(network.isPlainClient(peer.identity.publicKey), false);
      assert.deepEqual(events, []);
    });

    it('remembers from an earlier connection that the friend proved a session', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      peer.answer();
      peer.say(mail(1));
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(MINUTE);
      assert.equal(network.isPlainClient(peer.identity.publicKey), false);
      assert.deepEqual(events, ['session', 'message mail 1', 'closed']);
    });

    it('is not fooled by a hello that proves nothing: the next connection may be an ordinary client again', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      peer.answer();
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(MINUTE);
      assert.equal(network.isPlainClient(peer.identity.publicKey), true);
      assert.deepEqual(events, ['session', 'closed', 'plain-client']);
    });

    it('lets the user allow ordinary messages for a friend who once spoke the extension', async () => {
      const { network, peer } = await withRawPeer(world, 1, {
        hasSpoken: () => true,
        allowsPlain: () => true,
      });
      await world.time.advance(29_000);
      assert.equal(network.isPlainClient(peer.identity.publicKey), false);
      await world.time.advance(5000);
      assert.equal(network.isPlainClient(peer.identity.publicKey), true);
      peer.answer();
      peer.say(mail(1));
      assert.equal(network.isPlainClient(peer.identity.publicKey), false, 'it proved a session after all');
    });

    it('restarts the count with each connection', async () => {
      const { network, transport, peer } = await withRawPeer(world, 1);
      await world.time.advance(MINUTE);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(25_000);
      assert.equal(network.isPlainClient(peer.identity.publicKey), false);
    });

    it('leaves it alone when it goes offline', async () => {
      const { transport, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      assert.deepEqual(events, [], 'nothing was closed, for there was no session');
      const { length } = transport.sent;
      await world.time.advance(30 * MINUTE);
      assert.equal(transport.sent.length, length);
      assert.equal(world.time.pendingTimers, 0);
    });

    it('gives it a session as soon as it answers, however late', async () => {
      const { network, peer } = await withRawPeer(world, 1);
      await world.time.advance(11 * MINUTE);
      peer.answer();
      assert.equal(network.hasSession(peer.identity.publicKey), true);
      assert.equal(network.isPlainClient(peer.identity.publicKey), true, 'the answer proves nothing yet');
      peer.say(mail(1));
      assert.equal(network.isPlainClient(peer.identity.publicKey), false);
    });
  });

  describe('side 1', () => {
    it('says hello again when a wake comes, but not twice within 3 s', async () => {
      const { transport, peer } = await withRawPeer(world, 1);
      await world.time.advance(5000);
      for (let i = 0; i < 40; i++) {
        peer.send(encodeWake());
        await world.time.advance(100);
      }
      const times = timesOf(transport, HELLO);
      assert.equal(times.length, 3);
      assert.ok(times.every((at, i) => i === 0 || at - (times[i - 1] ?? 0) >= 3000));
    });

    it('keeps the times of a new connection after a wake, however long it was silent before', async () => {
      const { transport, peer } = await withRawPeer(world, 1);
      await world.time.advance(5 * MINUTE);
      peer.send(encodeWake());
      await world.time.advance(15_000);
      assert.equal(timesOf(transport, HELLO).length, 5);
    });

    it('says hello again soon when the answer to an older hello comes: the friend is there after all', async () => {
      const { network, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const first = peer.lastHello();
      await world.time.advance(MINUTE);
      peer.answer(first);
      peer.received();
      await world.time.advance(4000);
      peer.answer();
      assert.equal(network.hasSession(peer.identity.publicKey), true);
    });

    it('takes only an answer to its newest hello', async () => {
      const { network, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const first = peer.lastHello();
      await world.time.advance(10_000);
      const second = peer.lastHello();
      peer.answer(first);
      assert.equal(network.hasSession(peer.identity.publicKey), false);
      peer.answer(second);
      assert.equal(network.hasSession(peer.identity.publicKey), true);
    });

    it('takes no answer twice, and none that was recorded in an earlier connection', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const recorded = peer.answer();
      peer.send(recorded);
      assert.deepEqual(events, ['session']);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(1000);
      peer.send(recorded);
      assert.equal(network.hasSession(peer.identity.publicKey), false);
    });

    it('does not take its own hello for an answer', async () => {
      const { network, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const hello = peer.lastHello();
      peer.send(hello);
      const { ephemeral } = decodeHello1(hello);
      const kemCiphertext = new Uint8Array(1088);
      peer.send(encodeHello2({ flags: FLAGS, ephemeral, echo: helloEcho(crypto, hello), kemCiphertext }));
      assert.equal(network.hasSession(peer.identity.publicKey), false);
      assert.equal(network.ignored.malformed, 1);
    });
  });

  describe('side 2', () => {
    it('answers each hello, but ignores one that comes within 2 s of the last', async () => {
      const { events, peer } = await withRawPeer(world, 2);
      peer.greet();
      await world.time.advance(1900);
      peer.sayHello();
      assert.deepEqual(peer.received(), []);
      await world.time.advance(200);
      peer.greet();
      assert.deepEqual(events, ['session', 'session']);
    });

    it('sends no wake once a hello came', async () => {
      const { transport, peer } = await withRawPeer(world, 2);
      peer.greet();
      await world.time.advance(30 * MINUTE);
      assert.deepEqual(timesOf(transport, WAKE), []);
    });

    it('agrees on nothing with a hello that echoes something', async () => {
      const { network, peer } = await withRawPeer(world, 2);
      const ephemeral = generateKeyPair(crypto, world.random).publicKey;
      const hello = greeting(world, ephemeral);
      hello.fill(1, 37, 45);
      peer.send(hello);
      assert.equal(network.hasSession(peer.identity.publicKey), false);
    });

    for (const [what, key] of [
      ['a low-order point', () => new Uint8Array(32)],
      ['our own identity', () => world.side2.publicKey],
    ] as const) {
      it(`agrees on nothing with ${what} as the session key`, async () => {
        const { network, errors, peer } = await withRawPeer(world, 2);
        peer.send(greeting(world, key()));
        assert.equal(network.hasSession(peer.identity.publicKey), false);
        assert.equal(network.ignored.malformed, 1);
        assert.deepEqual(errors, []);
      });
    }

    it('agrees on nothing with a friend who offers only later versions', async () => {
      const { network, peer } = await withRawPeer(world, 2);
      const ephemeral = generateKeyPair(crypto, world.random).publicKey;
      const hello = greeting(world, ephemeral);
      hello.set([2, 3], 1);
      peer.send(hello);
      assert.equal(network.hasSession(peer.identity.publicKey), false);
      assert.equal(network.ignored.unknown, 1);
    });

    it('agrees on version 1 with a friend who offers later ones too', async () => {
      const { network, peer } = await withRawPeer(world, 2);
      const ephemeral = generateKeyPair(crypto, world.random).publicKey;
      const hello = greeting(world, ephemeral);
      hello.set([1, 7], 1);
      peer.send(hello);
      assert.equal(network.hasSession(peer.identity.publicKey), true);
    });
  });

  describe('with somebody in between', () => {
    it('verifies nothing when the versions were changed on the way, even with the echo put right', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      for (const { network } of [one, two]) {
        network.events.on('session', ({ peer }) => network.send(peer, mail(1)));
      }
      let real: Uint8Array | undefined;
      connect(one.transport, two.transport, {
        ab: rewriting((message) => {
          if (message[0] !== HELLO) return message;
          real = message;
          const changed = message.slice();
          changed[2] = 9;
          return changed;
        }),
        ba: rewriting((message) => {
          if (message[0] !== HELLO || !real) return message;
          const changed = message.slice();
          changed.set(helloEcho(crypto, real), 37);
          return changed;
        }),
      });
      await world.time.advance(9000);
      assert.deepEqual([one.events, two.events], [['session'], ['session']]);
      assert.deepEqual([one.network.ignored.unverified, two.network.ignored.unverified], [1, 1]);
    });

    it('verifies nothing when the flags were changed on the way', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      for (const { network } of [one, two]) {
        network.events.on('session', ({ peer }) => network.send(peer, mail(1)));
      }
      connect(one.transport, two.transport, {
        ba: rewriting((message) => {
          const changed = message.slice();
          if (message[0] === HELLO) changed[4] = 3;
          return changed;
        }),
      });
      await world.time.advance(9000);
      assert.deepEqual([one.events, two.events], [['session'], ['session']]);
    });

    /** Plays side 2. */
    const answered = (peer: RawPeer, { publicKey }: KeyPair) => {
      const hello1 = peer.lastHello();
      const { ephemeral: peerEphemeral, kemKey } = decodeHello1(hello1);
      const { ciphertext, secret: kemSecret } = crypto.kemEncapsulate(kemKey, world.random.bytes(32));
      const echo = helloEcho(crypto, hello1);
      const hello2 = encodeHello2({ flags: FLAGS, ephemeral: publicKey, echo, kemCiphertext: ciphertext });
      peer.send(hello2);
      return { hello1, hello2, peerEphemeral, kemSecret };
    };

    /** Plays side 1. */
    const greeted = (peer: RawPeer, { publicKey }: KeyPair) => {
      const decapsulationKey = world.random.bytes(64);
      const kemKey = crypto.kemPublicKey(decapsulationKey);
      const hello1 = encodeHello1({ flags: FLAGS, ephemeral: publicKey, kemKey });
      peer.send(hello1);
      const hello2 = peer.lastHello();
      const { ephemeral: peerEphemeral, kemCiphertext } = decodeHello2(hello2);
      const kemSecret = crypto.kemDecapsulate(decapsulationKey, kemCiphertext);
      return { hello1, hello2, peerEphemeral, kemSecret };
    };

    for (const side of [1, 2] as const) {
      it(`who copied the profile of side ${side} cannot speak to it as its friend`, async () => {
        const stolen = side === 1 ? world.side1 : world.side2;
        const { network, events, peer } = await withRawPeer(world, side);
        await world.time.advance(1000);
        const ephemeral = generateKeyPair(crypto, world.random);
        const agreed = side === 1 ? answered(peer, ephemeral) : greeted(peer, ephemeral);
        // The thief has the victim's secret and its own ephemeral. It lacks the friend's identity secret, so for
        // X(friend, victim's ephemeral) it can only put in another secret.
        const keys = deriveSessionKeys(crypto, {
          side: side === 1 ? 2 : 1,
          identity: { publicKey: peer.identity.publicKey, secretKey: stolen.secretKey },
          ephemeral,
          peerIdentity: stolen.publicKey,
          ...agreed,
        });
        const { kind, body } = encodeSessionMessage(mail(1));
        peer.send(sealMessage(crypto, keys.send, 1, kind, body));
        assert.deepEqual(events, ['session']);
        assert.equal(network.ignored.unverified, 1);
        assert.ok(!sameBytes(keys.send, keys.receive));
      });
    }

    it('who relays between two friends under identities of his own gets no message through', async () => {
      const thief = createWorld('thief').side1;
      assert.ok(
        compareBytes(thief.publicKey, world.side2.publicKey) < 0,
        'the thief is to be side 1 as well',
      );
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      for (const { network } of [one, two]) {
        network.events.on('session', ({ peer }) => network.send(peer, mail(1)));
      }
      // Side 2 is his friend as well; he hands it on what side 1 says to it.
      one.transport.route(world.side2.publicKey, two.transport);
      one.transport.handler?.onFriend(world.side2.publicKey, true);
      two.transport.handler?.onFriend(thief.publicKey, true);
      const toTwo: Uint8Array[] = [];
      one.transport.route(world.side2.publicKey, two.transport, (packet) => {
        toTwo.push(packet);
        return [];
      });
      await world.time.advance(100);
      for (const packet of toTwo) two.transport.handler?.onPacket(thief.publicKey, packet);
      for (const { packet } of two.transport.sent)
        one.transport.handler?.onPacket(world.side2.publicKey, packet);
      toTwo.splice(0);
      await world.time.advance(100);
      for (const packet of toTwo) two.transport.handler?.onPacket(thief.publicKey, packet);
      assert.deepEqual([one.events, two.events], [['session'], ['session']]);
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
