import assert from 'node:assert/strict';
import { compareBytes } from '../../../lib/bytes';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { RawPeer } from './support/raw-peer';
import { connect } from './support/test-transport';
import { createWorld, crypto, watch, withRawPeer, type World } from './support/world';
import { isCode } from '../../support/is-code';

const list = { kind: 'list', after: 0, max: 64 } as const;
const storageId = new Uint8Array(16).fill(7);

describe('the network of friends', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('peer network');
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
      await assert.rejects(network.request(friend, list), isCode('ErrNotConnected'));
      await assert.rejects(network.request(world.side2.publicKey, list), isCode('ErrNotConnected'));
      peer.greet();
      const open = assert.rejects(network.request(friend, list), isCode('ErrNotConnected'));
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
});
