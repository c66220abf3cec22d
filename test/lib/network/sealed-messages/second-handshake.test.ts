import assert from 'node:assert/strict';
import { createWorld, mail, rawSession, type World } from '../support/world';

describe('sealed messages of a session', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('sealed messages');
  });

  describe('when the friend shakes hands again in the same connection', () => {
    it('go out under the new keys at once', async () => {
      const { network, peer, friend } = await rawSession(world);
      const old = peer.keys;
      await world.time.advance(3000);
      peer.greet();
      network.send(friend, mail(1));
      const messages = peer.received();
      assert.equal(messages.length, 1);
      messages.forEach((message) => peer.send(message));
      network.send(friend, mail(2));
      assert.deepEqual(peer.opened(old), []);
      network.send(friend, mail(3));
      assert.deepEqual(peer.opened(), [mail(3)]);
    });

    it('are still taken under the old keys until the first one under the new keys verifies', async () => {
      const { peer, told } = await rawSession(world);
      const old = peer.keys;
      peer.say(mail(1));
      await world.time.advance(3000);
      peer.greet();
      peer.send(peer.sealMessage(mail(2), 100, old));
      peer.say(mail(3));
      peer.send(peer.sealMessage(mail(4), 101, old));
      assert.deepEqual(told(), ['message mail 1', 'message mail 2', 'message mail 3']);
    });

    it('are still taken under the keys in use when the friend began several times', async () => {
      const { peer, told } = await rawSession(world);
      const old = peer.keys;
      peer.say(mail(1));
      for (let i = 0; i < 3; i++) {
        await world.time.advance(3000);
        peer.sayHello();
      }
      peer.send(peer.sealMessage(mail(2), 100, old));
      assert.deepEqual(told(), ['message mail 1', 'message mail 2']);
    });

    it('may not go back in the count of the old keys', async () => {
      const { peer, told } = await rawSession(world);
      const old = peer.keys;
      const replayed = peer.sealMessage(mail(1));
      peer.send(replayed);
      await world.time.advance(3000);
      peer.greet();
      peer.send(replayed);
      peer.send(peer.sealMessage(mail(2), 1, old));
      assert.deepEqual(told(), ['message mail 1']);
    });
  });
});
