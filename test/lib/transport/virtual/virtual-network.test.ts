import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { transportSuite } from '../../../../lib/testing/transport/transport-suite';
import { codeOf, join, keyOf, sees, simulation } from '../support/virtual-parties';

transportSuite({ describe, it, after }, 'virtual network', async () => {
  const { network, time } = simulation();
  const a = network.join({ publicKey: keyOf('a'), name: 'a' });
  const b = network.join({ publicKey: keyOf('b'), name: 'b' });
  return {
    a,
    b,
    until: async (what, reached) => {
      for (let ms = 0; ms < 60_000 && !reached(); ms += 10) await time.advance(10);
      assert.ok(reached(), `not within a minute: ${what}`);
    },
    silence: () => b.vanish(),
    close: async () => {
      await a.leave();
      await b.leave();
    },
  };
});

describe('virtual network: members', () => {
  it('has as friends of each other only those that its options say', async () => {
    const { network, time } = simulation({ areFriends: (one, other) => one !== 'c' && other !== 'c' });
    const [a, b, c] = [await join(network, 'a'), await join(network, 'b'), await join(network, 'c')];
    await time.advance(100);
    assert.deepEqual(a.transport.friends().map(toHex), [toHex(keyOf('b'))]);
    assert.deepEqual(c.transport.friends(), []);
    assert.ok(a.transport.isFriendOnline(keyOf('b')) && b.transport.isFriendOnline(keyOf('a')));
    assert.ok(!a.transport.isFriendOnline(keyOf('c')));
    assert.equal(c.transport.sendPacket(keyOf('a'), new Uint8Array([160])), 'offline');
  });

  it('makes every member a friend of all others, under its name, online or not', () => {
    const { network } = simulation();
    const enter = (name: string) => network.join({ publicKey: keyOf(name), name });
    const [alice, bob] = [enter('alice'), enter('bob'), enter('carol')];
    assert.deepEqual(alice.friends(), [keyOf('bob'), keyOf('carol')]);
    assert.deepEqual(bob.friends(), [keyOf('alice'), keyOf('carol')]);
    assert.equal(alice.nameOf(keyOf('carol')), 'carol');
    assert.equal(alice.nameOf(keyOf('alice')), undefined);
    assert.equal(alice.nameOf(keyOf('dave')), undefined);
    assert.equal(alice.name, 'alice');
    assert.deepEqual(network.members()[2], { publicKey: keyOf('carol'), name: 'carol', online: false });
  });

  it('refuses a second identity of one name, and names both keys', () => {
    const { network } = simulation();
    network.join({ publicKey: keyOf('one'), name: 'sensor' });
    const short = (word: string) => toHex(keyOf(word)).slice(0, 8).toUpperCase();
    assert.throws(
      () => network.join({ publicKey: keyOf('other'), name: 'sensor' }),
      (error) =>
        codeOf('ErrAmbiguousFriend')(error) &&
        String(error).includes(short('one')) &&
        String(error).includes(short('other')) &&
        !String(error).includes(toHex(keyOf('other'))),
    );
    assert.equal(network.members().length, 1);
  });

  it('refuses an identity that is a member already, also under another name', () => {
    const { network } = simulation();
    network.join({ publicKey: keyOf('a'), name: 'a' });
    assert.throws(() => network.join({ publicKey: keyOf('a'), name: 'a' }), codeOf('ErrIdentityInUse'));
    assert.throws(() => network.join({ publicKey: keyOf('a'), name: 'b' }), codeOf('ErrIdentityInUse'));
  });

  it('refuses an unusable key, and a name that is blank, too long or reads as a key', () => {
    const { network } = simulation();
    assert.throws(() => network.join({ publicKey: new Uint8Array(32), name: 'a' }), codeOf('ErrInvalidKey'));
    for (const name of ['', '  ', 'é'.repeat(65), toHex(keyOf('b'))]) {
      assert.throws(() => network.join({ publicKey: keyOf('a'), name }), codeOf('ErrInvalidArgument'));
    }
  });

  it('tells the others when somebody joins or leaves, and gives the name free again', async () => {
    const { network, time } = simulation();
    const alice = await join(network, 'alice');
    const bob = await join(network, 'bob');
    await time.advance(50);
    await bob.transport.leave();
    await time.advance(50);
    assert.deepEqual(
      alice.heard.calls.filter((call) => !call.startsWith('friend ')),
      ['self true', 'friends', 'friends'],
    );
    assert.equal(sees(alice, bob), false);
    assert.deepEqual(alice.transport.friends(), []);
    await assert.rejects(bob.transport.start(bob.heard), codeOf('ErrClosed'));
    network.join({ publicKey: keyOf('another bob'), name: 'bob' });
  });
});
