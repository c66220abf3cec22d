import assert from 'node:assert/strict';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { VirtualNetwork } from '../../../lib/transport/virtual/virtual-network';
import { RawPeer } from './support/raw-peer';
import { createWorld, crypto, mail, watch, withRawPeer, type World } from './support/world';

describe('the network of friends', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('peer network');
  });

  describe('and its connections', () => {
    it('keep their session when the transport says again that the friend is there', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 2);
      peer.greet();
      transport.handler?.onFriend(peer.identity.publicKey, true);
      assert.equal(network.hasSession(peer.identity.publicKey), true);
      peer.say(mail(1));
      assert.deepEqual(events, ['session', 'message mail 1']);
    });

    it('count as sessions, and as proven, only once there are keys, and a message under them', async () => {
      const { network, peer } = await withRawPeer(world, 2);
      const friend = peer.identity.publicKey;
      const state = () => [network.sessions().length, network.isProven(friend)];
      assert.equal(network.isFriendOnline(friend), true);
      assert.deepEqual(state(), [0, false]);
      peer.greet();
      assert.deepEqual(state(), [1, false]);
      peer.say(mail(1));
      assert.deepEqual(state(), [1, true]);
    });

    it('do not rely on the bytes in which the transport names the friend', async () => {
      const watched = await watch(world, world.side2);
      const name = world.side1.publicKey.slice();
      const told: Uint8Array[] = [];
      watched.network.events.on('session', ({ peer }) => told.push(peer));
      watched.transport.handler?.onFriend(name, true);
      // The transport uses its buffer again.
      name.fill(9);
      const { transport } = watched;
      new RawPeer({ crypto, random: world.random, identity: world.side1, transport }).greet();
      assert.deepEqual(told, [world.side1.publicKey]);
    });
  });

  describe('while the transport is busy', () => {
    it('keeps everything in order until it takes packets again', async () => {
      const { network, transport, peer } = await withRawPeer(world, 2);
      const friend = peer.identity.publicKey;
      peer.greet();
      transport.result = 'busy';
      for (let n = 1; n <= 300; n++) assert.equal(network.send(friend, mail(n)), true);
      assert.deepEqual(peer.opened(), []);
      transport.result = 'sent';
      network.send(friend, mail(301));
      assert.deepEqual(peer.opened(), []);
      transport.handler?.onWritable(friend);
      assert.deepEqual(
        peer.opened(),
        Array.from({ length: 301 }, (_, n) => mail(n + 1)),
      );
    });

    it('takes no more than fits: a friend who asks and never reads does not fill our memory', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 2);
      const friend = peer.identity.publicKey;
      peer.greet();
      transport.result = 'busy';
      const big = { kind: 'exchange', exchange: new Uint8Array(3500) } as const;
      let taken = 0;
      while (network.send(friend, big)) taken += 1;
      assert.ok(taken > 500 && taken < 700);
      while (network.send(friend, mail(1)));
      await world.time.advance(3000);
      peer.sayHello();
      assert.deepEqual(events, ['session'], 'an answer that cannot go out agrees on nothing');
      transport.result = 'sent';
      transport.handler?.onWritable(friend);
      assert.equal(network.send(friend, mail(1)), true);
    });
  });

  it('gives each two of three friends on a virtual network a session, and ends it when one leaves', async () => {
    const { time, random } = world;
    const net = new VirtualNetwork({ timers: time.timers, random, faults: { jitterMs: 300 } });
    const all = await Promise.all(
      ['anna', 'bert', 'cleo'].map(async (name) => {
        const identity = generateKeyPair(crypto, random);
        const watched = await watch(world, identity);
        await watched.network.detach();
        const transport = net.join({ publicKey: identity.publicKey, name });
        await watched.network.attach(transport);
        return { ...watched, identity, joined: transport };
      }),
    );
    await time.advance(5000);
    for (const { network } of all) assert.equal(network.sessions().length, 2);
    const [anna, bert, cleo] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
    for (let n = 0; n < 600; n++) assert.ok(anna.network.send(bert.identity.publicKey, mail(n)));
    await time.advance(30_000);
    assert.deepEqual(
      bert.events.filter((event) => event.startsWith('message')),
      Array.from({ length: 600 }, (_, n) => `message mail ${n}`),
    );
    cleo.joined.vanish();
    await time.advance(40_000);
    for (const { network } of [anna, bert]) assert.equal(network.sessions().length, 1);
    net.drop(anna.identity.publicKey, bert.identity.publicKey);
    await time.advance(5000);
    for (const { network } of [anna, bert]) assert.equal(network.sessions().length, 1);
    assert.equal(bert.events.at(-1), 'session');
  });
});
