import assert from 'node:assert/strict';
import { compareBytes, sameBytes } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { FrameAssembler, splitIntoFrames } from '../../../../lib/protocol/session/frames';
import { deriveSessionKeys } from '../../../../lib/protocol/session/handshake';
import {
  decodeHello1,
  decodeHello2,
  encodeHello1,
  encodeHello2,
  HELLO,
  helloEcho,
} from '../../../../lib/protocol/session/hello';
import { sealMessage } from '../../../../lib/protocol/session/sealed-message';
import { encodeSessionMessage } from '../../../../lib/protocol/session/message-kinds';
import type { KeyPair } from '../../../../lib/types';
import type { RawPeer } from '../support/raw-peer';
import { connect, type Tap } from '../support/test-transport';
import { createWorld, crypto, FLAGS, mail, watch, withRawPeer, type World } from '../support/world';

/** Rewrites whole messages on their way. */
function rewriting(rewrite: (message: Uint8Array) => Uint8Array): Tap {
  const frames = new FrameAssembler();
  let number = 0;
  return (packet) => {
    const message = frames.accept(packet, 0);
    return message ? splitIntoFrames(rewrite(message), number++) : [];
  };
}

describe('the handshake with somebody in between', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake');
  });

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
    assert.ok(compareBytes(thief.publicKey, world.side2.publicKey) < 0, 'the thief is to be side 1 as well');
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
