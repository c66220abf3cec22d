import assert from 'node:assert/strict';
import type { KeyUse } from '../../../lib/forward-security/key-limits';
import type { KeyPeer } from './support/key-peer';
import { pair } from './support/key-peer';

describe('the keys that are kept for others', () => {
  /** How many of the friend's keys may be used so, one after the other. */
  async function usable(use: KeyUse, { alice, bob }: { alice: KeyPeer; bob: KeyPeer }): Promise<number> {
    let count = 0;
    for (; alice.fsm.hasKeyFor(bob.pk, use); count += 1) {
      const key = alice.fsm.held.next(bob.pk, use);
      assert.ok(key);
      const writes = alice.store.batch();
      alice.fsm.held.spend(writes, key);
      await writes.commit();
    }
    return count;
  }

  async function met(limits = {}) {
    const peers = await pair('key use', limits);
    await peers.bob.giveKeys(peers.alice);
    return peers;
  }

  it('are 8 for urgent messages and 4 for keys by mail, of 104', async () => {
    const peers = await met();
    assert.equal(
      peers.alice.fsm.getAvailableKeyCount(peers.bob.pk),
      100,
      'urgent messages can use all of these',
    );
    assert.equal(await usable('ordinary', peers), 92);
    assert.equal(peers.alice.fsm.getAvailableKeyCount(peers.bob.pk), 8);
    assert.equal(await usable('sendable', peers), 8);
    assert.equal(peers.alice.fsm.getAvailableKeyCount(peers.bob.pk), 0);
    assert.equal(await usable('keys', peers), 4);
  });

  it('are as many as the options say for urgent ones', async () => {
    assert.equal(await usable('ordinary', await met({ urgentKeysPerPeer: 0 })), 100);
    assert.equal(await usable('ordinary', await met({ urgentKeysPerPeer: 3 })), 97);
  });

  it('are at most an eighth of a small stock for urgent ones', async () => {
    assert.equal(await usable('ordinary', await met({ preKeysPerPeer: 12 })), 11);
    assert.equal(await usable('ordinary', await met({ preKeysPerPeer: 5 })), 5);
  });

  it('leave ordinary messages one at the threshold, below which the owner gives new ones', async () => {
    assert.equal(await usable('ordinary', await met({ preKeyRefreshThreshold: 7 })), 98);
    assert.equal(await usable('ordinary', await met({ preKeyRefreshThreshold: 5 })), 100);
    assert.equal(await usable('ordinary', await met({ preKeyRefreshThreshold: 1 })), 100);
  });
});
