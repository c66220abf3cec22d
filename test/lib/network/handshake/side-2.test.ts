import assert from 'node:assert/strict';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { encodeHello1, WAKE } from '../../../../lib/protocol/session/hello';
import { timesOf } from '../support/test-transport';
import { createWorld, crypto, FLAGS, withRawPeer, type World } from '../support/world';

const MINUTE = 60_000;

/** A hello of side 1 whose KEM key is good. */
function greeting({ random }: World, ephemeral: Uint8Array): Uint8Array {
  return encodeHello1({ flags: FLAGS, ephemeral, kemKey: crypto.kemPublicKey(random.bytes(64)) });
}

describe('in the handshake, side 2', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake');
  });

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
