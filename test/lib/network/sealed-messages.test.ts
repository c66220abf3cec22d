import assert from 'node:assert/strict';
import { splitIntoFrames } from '../../../lib/protocol/session/frames';
import { createWorld, mail, rawSession, type World } from './support/world';

describe('sealed messages of a session', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('sealed messages');
  });

  it('arrive in the order of sending', async () => {
    const { network, peer, told, friend } = await rawSession(world);
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
    const { peer, told } = await rawSession(world);
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
    const { peer, told } = await rawSession(world);
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
    const { network, transport, friend } = await rawSession(world);
    assert.equal(network.send(world.side2.publicKey, mail(1)), false);
    assert.equal(network.send(friend, mail(1)), true);
    transport.handler?.onFriend(friend, false);
    assert.equal(network.send(friend, mail(1)), false);
  });

  it('are taken once: a replayed one is dropped', async () => {
    const { network, peer, told } = await rawSession(world);
    const message = peer.sealMessage(mail(1));
    peer.send(message);
    peer.send(message);
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.unverified, 1);
  });

  it('are dropped when they come after a later one', async () => {
    const { peer, told } = await rawSession(world);
    const early = peer.sealMessage(mail(1));
    peer.say(mail(2));
    peer.send(early);
    assert.deepEqual(told(), ['message mail 2']);
  });

  it('are dropped when recorded in an earlier session', async () => {
    const { peer, told } = await rawSession(world);
    const recorded = peer.sealMessage(mail(1), 1000);
    await world.time.advance(3000);
    peer.greet();
    peer.say(mail(2));
    peer.send(recorded);
    assert.deepEqual(told(), ['message mail 2']);
  });

  it('are dropped when reflected to their sender', async () => {
    const { network, peer, told, friend } = await rawSession(world);
    network.send(friend, mail(1));
    for (const message of peer.received()) peer.send(message);
    assert.deepEqual(told(), []);
  });

  it('are dropped when a byte of them was changed, or some are missing', async () => {
    const { transport, peer, told, friend } = await rawSession(world);
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
    const { network, peer, told } = await rawSession(world);
    peer.send(peer.seal(0x7f, new Uint8Array(10)));
    peer.say(mail(1));
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.unknown, 1);
    // The same outside the seal: a later version may have more than wake, hello and sealed messages.
    peer.send(Uint8Array.of(3, 1, 2));
    assert.equal(network.ignored.unknown, 2);
  });

  it('with a malformed body are dropped and counted', async () => {
    const { network, peer, told, errors } = await rawSession(world);
    for (const kind of [0x10, 0x12, 0x20, 0x23, 0x25, 0x28, 0x32])
      peer.send(peer.seal(kind, Uint8Array.of(9)));
    peer.say(mail(1));
    assert.deepEqual(told(), ['message mail 1']);
    assert.equal(network.ignored.malformed, 7);
    assert.deepEqual(errors, []);
  });
});
