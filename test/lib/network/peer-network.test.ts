import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../../lib/bytes';
import { ToxAsyncError, type ErrorCode } from '../../../lib/errors';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { VirtualNetwork } from '../../../lib/transport/virtual/virtual-network';
import { RawPeer } from './support/raw-peer';
import { connect, TestTransport } from './support/test-transport';
import { createWorld, crypto, mail, watch, withRawPeer, type World } from './support/world';

const code = (expected: ErrorCode) => (error: unknown) => ToxAsyncError.is(error, expected);
const list = { kind: 'list', after: 0, max: 64 } as const;
const storageId = new Uint8Array(16).fill(7);

describe('the network of friends', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('peer network');
  });

  describe('and its transport', () => {
    it('is attached until it is detached, and then takes another', async () => {
      const { network, transport } = await watch(world, world.side1);
      assert.equal(network.attached, true);
      assert.equal(network.isOnline(), true);
      const other = new TestTransport(world.side1.publicKey, world.time);
      await assert.rejects(network.attach(other), code('ErrTransportAttached'));
      await network.detach();
      assert.equal(network.attached, false);
      assert.equal(network.isOnline(), false);
      assert.equal(transport.handler, undefined);
      await network.attach(other);
      assert.equal(network.attached, true);
      await network.detach();
      await network.detach();
    });

    it('refuses one that runs under another identity', async () => {
      const { network } = await watch(world, world.side1);
      await network.detach();
      const foreign = new TestTransport(world.side2.publicKey, world.time);
      await assert.rejects(network.attach(foreign), code('ErrIdentityMismatch'));
      assert.equal(network.attached, false);
      assert.equal(foreign.handler, undefined);
    });

    it('is not attached to one that does not start', async () => {
      const { network } = await watch(world, world.side1);
      await network.detach();
      const broken = new TestTransport(world.side1.publicKey, world.time);
      broken.startError = new ToxAsyncError('ErrMissingLibrary', 'install it');
      await assert.rejects(network.attach(broken), code('ErrMissingLibrary'));
      assert.equal(network.attached, false);
    });

    it('tells what it says of friends, messages and itself', async () => {
      const { network, transport } = await watch(world, world.side1);
      const told: unknown[] = [];
      network.events.on('online', ({ online }) => told.push(`online ${online}`));
      network.events.on('friend', ({ peer, online }) => told.push(`friend ${toHex(peer)} ${online}`));
      network.events.on('friends', () => told.push('friends'));
      network.events.on('tox-message', ({ type, text }) => told.push(`${type} ${text}`));
      transport.known.push(world.side2.publicKey);
      transport.handler?.onSelf(true);
      transport.handler?.onFriends();
      transport.handler?.onFriend(world.side2.publicKey, true);
      transport.handler?.onMessage(world.side2.publicKey, 'action', 'waves');
      assert.equal(network.isFriendOnline(world.side2.publicKey), true);
      assert.deepEqual(network.friends(), [world.side2.publicKey]);
      transport.handler?.onFriend(world.side2.publicKey, false);
      transport.handler?.onFriend(world.side2.publicKey, false);
      const name = toHex(world.side2.publicKey);
      assert.deepEqual(told, [
        'online true',
        'friends',
        `friend ${name} true`,
        'action waves',
        `friend ${name} false`,
      ]);
    });

    it('ends every session when it is detached, and hears nothing of it any more', async () => {
      const { network, transport, events, peer } = await withRawPeer(world, 2);
      const online: boolean[] = [];
      network.events.on('online', (event) => online.push(event.online));
      peer.greet();
      const { handler } = transport;
      const request = assert.rejects(network.request(peer.identity.publicKey, list), code('ErrNotConnected'));
      await network.detach();
      await request;
      handler?.onSelf(true);
      handler?.onFriend(peer.identity.publicKey, true);
      assert.deepEqual(events, ['session', 'closed']);
      assert.deepEqual(online, [false]);
      assert.equal(network.isFriendOnline(peer.identity.publicKey), false);
      assert.equal(world.time.pendingTimers, 0);
    });

    it('goes on when a listener throws', async () => {
      const { network, events, errors, peer } = await withRawPeer(world, 2);
      network.events.on('message', () => {
        throw new Error('a bug elsewhere');
      });
      peer.greet();
      peer.say(mail(1));
      peer.say(mail(2));
      assert.deepEqual(events, ['session', 'message mail 1', 'message mail 2']);
      assert.equal(errors.length, 2);
    });

    it('sends ordinary messages to friends who are online', async () => {
      const { network, transport } = await watch(world, world.side1);
      const friend = world.side2.publicKey;
      assert.equal(await network.sendToxMessage(friend, 'normal', 'hello'), false);
      transport.handler?.onFriend(friend, true);
      assert.equal(await network.sendToxMessage(friend, 'normal', 'hello'), true);
      transport.confirmed = false;
      assert.equal(await network.sendToxMessage(friend, 'action', 'waves'), false);
      assert.deepEqual(transport.messages, ['normal hello', 'action waves']);
      await network.detach();
      assert.equal(await network.sendToxMessage(friend, 'normal', 'hello'), false);
    });

    it('takes friends by hand when it does not know itself', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      one.transport.route(world.side2.publicKey, two.transport);
      two.transport.route(world.side1.publicKey, one.transport);
      one.network.setFriendOnline(world.side2.publicKey, true);
      two.network.setFriendOnline(world.side1.publicKey, true);
      two.network.setFriendOnline(world.side2.publicKey, true);
      await world.time.advance(1000);
      assert.deepEqual(one.network.sessions(), [world.side2.publicKey]);
      assert.equal(two.network.sessions().length, 1);
      assert.equal(two.network.isFriendOnline(world.side2.publicKey), false, 'nobody is a friend of himself');
      one.network.setFriendOnline(world.side2.publicKey, false);
      assert.deepEqual(one.events, ['session', 'closed']);
      await two.network.detach();
      two.network.setFriendOnline(world.side1.publicKey, true);
      assert.equal(two.network.isFriendOnline(world.side1.publicKey), false);
    });
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

  describe('and its requests', () => {
    it('resolve with what the friend answers', async () => {
      const one = await watch(world, world.side1);
      const two = await watch(world, world.side2);
      two.network.events.on('message', ({ peer, message }) => {
        if (message.kind === 'list') {
          const { request } = message;
          const items = [{ cursor: 5, storageId, tag: storageId, age: 9 }];
          two.network.send(peer, { kind: 'list-answer', request, code: 'ok', more: true, items });
        } else if (message.kind === 'fetch') {
          for (const [position] of message.storageIds.entries()) {
            const envelope = new Uint8Array(1534).fill(position);
            const { request } = message;
            two.network.send(peer, { kind: 'fetched', request, position, code: 'ok', age: 1, envelope });
          }
        }
      });
      connect(one.transport, two.transport);
      await world.time.advance(1000);
      const listed = one.network.request(world.side2.publicKey, list);
      const fetched = one.network.request(world.side2.publicKey, {
        kind: 'fetch',
        storageIds: [storageId, storageId],
      });
      await world.time.advance(1000);
      assert.deepEqual((await listed).items[0]?.storageId, storageId);
      assert.deepEqual(
        (await fetched).map(({ envelope }) => envelope[0]),
        [0, 1],
      );
      assert.deepEqual(one.events, ['session'], 'answers are no messages');
    });

    it('are not answered by another friend who guesses their number', async () => {
      const { network, transport, peer, events } = await withRawPeer(world, 2);
      peer.greet();
      // He is side 1 as well.
      let identity = generateKeyPair(crypto, world.random);
      while (compareBytes(identity.publicKey, world.side2.publicKey) > 0) {
        identity = generateKeyPair(crypto, world.random);
      }
      const thief = new RawPeer({ crypto, random: world.random, identity, transport });
      transport.handler?.onFriend(identity.publicKey, true);
      thief.greet();
      const request = network.request(peer.identity.publicKey, list);
      const [asked] = peer.opened();
      assert.ok(asked?.kind === 'list');
      const answer = {
        kind: 'list-answer',
        request: asked.request,
        code: 'ok',
        more: false,
        items: [],
      } as const;
      thief.say(answer);
      peer.say({ ...answer, more: true });
      assert.equal((await request).more, true);
      assert.deepEqual(events, ['session', 'session']);
    });

    it('fail without a session and when it ends', async () => {
      const { network, transport, peer } = await withRawPeer(world, 2);
      const friend = peer.identity.publicKey;
      await assert.rejects(network.request(friend, list), code('ErrNotConnected'));
      await assert.rejects(network.request(world.side2.publicKey, list), code('ErrNotConnected'));
      peer.greet();
      const open = assert.rejects(network.request(friend, list), code('ErrNotConnected'));
      transport.handler?.onFriend(friend, false);
      await open;
    });

    it('survive a second handshake of the friend in the same connection', async () => {
      const { network, peer } = await withRawPeer(world, 2);
      peer.greet();
      const request = network.request(peer.identity.publicKey, list);
      const [asked] = peer.opened();
      assert.ok(asked?.kind === 'list');
      await world.time.advance(3000);
      peer.greet();
      peer.say({ kind: 'list-answer', request: asked.request, code: 'ok', more: false, items: [] });
      assert.equal((await request).code, 'ok');
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
