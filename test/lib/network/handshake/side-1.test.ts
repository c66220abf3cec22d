import assert from 'node:assert/strict';
import {
  decodeHello1,
  encodeHello2,
  encodeWake,
  HELLO,
  helloEcho,
} from '../../../../lib/protocol/session/hello';
import { timesOf } from '../support/test-transport';
import { createWorld, crypto, FLAGS, withRawPeer, type World } from '../support/world';

const MINUTE = 60_000;

describe('in the handshake, side 1', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake');
  });

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
