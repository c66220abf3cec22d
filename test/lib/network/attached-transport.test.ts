import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { TestTransport } from './support/test-transport';
import { createWorld, mail, watch, withRawPeer, type World } from './support/world';
import { isCode } from '../../support/is-code';

const list = { kind: 'list', after: 0, max: 64 } as const;

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
      await assert.rejects(network.attach(other), isCode('ErrTransportAttached'));
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
      await assert.rejects(network.attach(foreign), isCode('ErrIdentityMismatch'));
      assert.equal(network.attached, false);
      assert.equal(foreign.handler, undefined);
    });

    it('is not attached to one that does not start', async () => {
      const { network } = await watch(world, world.side1);
      await network.detach();
      const broken = new TestTransport(world.side1.publicKey, world.time);
      broken.startError = new ToxAsyncError('ErrMissingLibrary', 'install it');
      await assert.rejects(network.attach(broken), isCode('ErrMissingLibrary'));
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
      const request = assert.rejects(
        network.request(peer.identity.publicKey, list),
        isCode('ErrNotConnected'),
      );
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
});
