import assert from 'node:assert/strict';
import { MAX_ERASED_KEYS_PER_PEER } from '../../../lib/forward-security/key-limits';
import { DAY, pair, type KeyPeer } from './support/key-peer';

describe('keys that their owner erased itself', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('erased'));
  });

  async function issue(count: number): Promise<number> {
    const writes = bob.store.batch();
    const { batch } = await bob.fsm.issued.issue(writes, alice.pk, count);
    await writes.commit();
    return batch;
  }

  /** The tag of some key that alice holds. */
  function someTag(): Uint8Array {
    const { tag } = alice.fsm.held.next(bob.pk, 'keys') ?? {};
    assert.ok(tag);
    return tag;
  }

  const counts = () => [bob.fsm.issued.liveCount(alice.pk), bob.fsm.issued.mostHeld(alice.pk)];

  it('may still be held by their peer, over a restart, for 45 days', async () => {
    await bob.giveKeys(alice);
    const tag = someTag();
    await issue(104);
    assert.equal(bob.fsm.issued.wasErased(tag), false);
    await issue(104);
    assert.deepEqual(counts(), [208, 312], 'the oldest batch made room');
    await bob.crash();
    assert.deepEqual([counts(), bob.fsm.issued.wasErased(tag)], [[208, 312], true]);
    const sweep = async () => {
      const writes = bob.store.batch();
      bob.fsm.issued.expire(writes);
      await writes.commit();
    };
    bob.age += 45 * DAY;
    await sweep();
    assert.equal(bob.fsm.issued.wasErased(tag), true);
    bob.age += 1;
    await sweep();
    assert.deepEqual([counts(), bob.fsm.issued.wasErased(tag)], [[0, 0], false]);
  });

  it('are those of a refused batch, and those whose secrets were lost', async () => {
    const batch = await issue(3);
    const refuse = bob.store.batch();
    bob.fsm.issued.refuse(refuse, alice.pk, batch);
    await refuse.commit();
    assert.deepEqual(counts(), [0, 3]);
    await issue(4);
    const erase = bob.store.batch();
    bob.vault.erase(erase, [...bob.fsm.issued.refs()].slice(0, 2));
    await erase.commit();
    const drop = bob.store.batch();
    bob.fsm.issued.dropUnreadable(drop);
    await drop.commit();
    assert.deepEqual(counts(), [2, 2 + 3 + 2]);
  });

  it('are not those that opened a message', async () => {
    await bob.giveKeys(alice);
    const tag = someTag();
    await bob.read((await alice.send(bob, 'leak')).envelope);
    assert.deepEqual([counts(), bob.fsm.issued.wasErased(tag)], [[103, 103], false]);
  });

  it('are remembered to a limit, the newest of them', async () => {
    for (let i = 0; i < 30; i += 1) {
      const batch = await issue(50);
      const writes = bob.store.batch();
      bob.fsm.issued.refuse(writes, alice.pk, batch);
      await writes.commit();
      bob.age += 1;
    }
    const writes = bob.store.batch();
    bob.fsm.issued.expire(writes);
    await writes.commit();
    assert.deepEqual(counts(), [0, 1000]);
    assert.ok(MAX_ERASED_KEYS_PER_PEER - 1000 < 50);
  });

  it('are forgotten with a friend', async () => {
    await issue(3);
    const writes = bob.store.batch();
    bob.fsm.issued.forget(writes, alice.pk);
    await writes.commit();
    assert.deepEqual(counts(), [0, 0]);
    await bob.crash();
    assert.deepEqual(counts(), [0, 0]);
  });
});
