import assert from 'node:assert/strict';
import { createWorld, crypto, mail, watch, withRawPeer, type World } from '../support/world';
import { connect, disconnect } from '../support/test-transport';

describe('sealed messages of a session', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('sealed messages');
  });

  it('leave no secret of a hello behind, answered or not', async () => {
    for (const side of [1, 2] as const) {
      const secrets: Uint8Array[] = [];
      const { transport, peer } = await withRawPeer(world, side, {
        crypto: {
          ...crypto,
          keyPairFromSecret: (secret) => {
            const pair = crypto.keyPairFromSecret(secret);
            secrets.push(pair.secretKey);
            return pair;
          },
        },
      });
      await world.time.advance(25_000);
      if (side === 1) peer.answer();
      else peer.greet();
      await world.time.advance(3000);
      if (side === 2) peer.send(Uint8Array.of(1, 1, 1, ...new Uint8Array(42 + 1184)));
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(1000);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      assert.equal(secrets.length, side === 1 ? 4 : 2);
      for (const secret of secrets) assert.ok(secret.every((byte) => byte === 0));
    }
  });

  it('leave no key behind when the connection ends', async () => {
    const wiped = new Set<Uint8Array>();
    const one = await watch(world, world.side1);
    const two = await watch(world, world.side2, {
      crypto: {
        ...crypto,
        wipe: (bytes) => {
          wiped.add(bytes);
          crypto.wipe(bytes);
        },
        secretbox: (plain, nonce, key) => {
          keys.add(key);
          return crypto.secretbox(plain, nonce, key);
        },
        openSecretbox: (boxed, nonce, key) => {
          keys.add(key);
          return crypto.openSecretbox(boxed, nonce, key);
        },
      },
    });
    const keys = new Set<Uint8Array>();
    connect(one.transport, two.transport);
    await world.time.advance(3000);
    const exchange = async () => {
      one.network.send(world.side2.publicKey, mail(1));
      two.network.send(world.side1.publicKey, mail(2));
      await world.time.advance(100);
    };
    await exchange();
    one.transport.handler?.onFriend(world.side2.publicKey, false);
    one.transport.handler?.onFriend(world.side2.publicKey, true);
    await world.time.advance(100);
    await exchange();
    assert.equal(keys.size, 4);
    disconnect(one.transport, two.transport);
    for (const key of keys) assert.ok(wiped.has(key) && key.every((byte) => byte === 0));
  });
});
