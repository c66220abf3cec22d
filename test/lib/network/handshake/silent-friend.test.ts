import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { decodeHello1, HELLO, WAKE } from '../../../../lib/protocol/session/hello';
import { timesOf } from '../support/test-transport';
import { createWorld, mail, withRawPeer, type World } from '../support/world';

const MINUTE = 60_000;

describe('the handshake with a silent friend', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake');
  });

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
