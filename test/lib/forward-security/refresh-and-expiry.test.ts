import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decodeExchange as decoded } from '../../../lib/protocol/keys/exchange';
import { preKeyId } from '../../../lib/protocol/names';
import { DAY, KeyPeer, pair } from './support/key-peer';
import { isCode } from '../../support/is-code';

describe('forward security: life of keys', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('life'));
    await bob.giveKeys(alice);
  });

  it('does not offer new keys while the stock is good', async () => {
    bob.fsm.issued.noteHeld(alice.pk, 20);
    assert.equal(bob.fsm.preKeys.needsRefresh(alice.pk), false);
    assert.equal(await bob.fsm.preKeys.refreshPreKeys(alice.pk), undefined);
  });

  it('tops up below the threshold and kills nothing that is in flight', async () => {
    const { envelope } = await alice.send(bob, 'in flight');
    bob.fsm.issued.noteHeld(alice.pk, 19);
    const bundle = await bob.fsm.preKeys.refreshPreKeys(alice.pk);
    assert.equal(bundle?.keys.length, 85);
    assert.equal((await alice.fsm.processPreKeyExchange(bundle.exchange)).result, 'added');
    assert.equal(await bob.read(envelope), 'in flight');
    assert.equal(alice.fsm.held.held(bob.pk), 103 + 85);
  });

  it('gives a bundle with the fields of the specification, and no secret in it', async () => {
    bob.fsm.issued.noteHeld(alice.pk, 19);
    const bundle = await bob.fsm.preKeys.refreshPreKeys(alice.pk);
    assert.ok(bundle);
    const { from, batch, keys, timestamp } = decoded(bundle.exchange);
    assert.deepEqual(bundle, {
      peerPk: alice.pk,
      keys: keys.map(({ index, publicKey }) => ({
        id: preKeyId(batch, index),
        publicKey,
        used: false,
        usedAt: undefined,
      })),
      createdAt: timestamp,
      usedCount: 0,
      maxKeys: 100,
      lastRefreshOffer: timestamp,
      exchange: bundle.exchange,
    });
    assert.deepEqual(from, bob.pk);
  });

  it('names the key that the next message is sealed to, without its use', async () => {
    const next = alice.fsm.preKeys.getAvailablePreKey(bob.pk);
    assert.deepEqual(Object.keys(next ?? {}), ['id', 'publicKey', 'used', 'usedAt']);
    assert.equal(alice.fsm.preKeys.getAvailablePreKey(bob.pk)?.id, next?.id);
    assert.equal((await alice.send(bob, 'hello')).preKeyId, next?.id);
    assert.notEqual(alice.fsm.preKeys.getAvailablePreKey(bob.pk)?.id, next?.id);
  });

  it('opens what was in flight at a refresh and the 199 messages after it, refreshed as they go', async () => {
    const { envelope } = await alice.send(bob, 'in flight');
    let refreshes = 0;
    for (let i = 1; i <= 199; i += 1) {
      bob.fsm.issued.noteHeld(alice.pk, alice.fsm.held.held(bob.pk));
      const bundle = await bob.fsm.preKeys.refreshPreKeys(alice.pk);
      if (bundle !== undefined) {
        const { result, batch } = await alice.fsm.processPreKeyExchange(bundle.exchange);
        const writes = bob.store.batch();
        bob.fsm.issued.acknowledge(
          writes,
          alice.pk,
          batch,
          createHash('sha256').update(bundle.exchange).digest().subarray(0, 16),
        );
        await writes.commit();
        if (result === 'added') refreshes += 1;
      }
      const next = await alice.send(bob, `message ${i}`);
      assert.equal(await bob.read(next.envelope), `message ${i}`);
    }
    assert.ok(refreshes > 1);
    assert.equal(await bob.read(envelope), 'in flight');
  });

  it('offers fresh keys when the old ones are over half of their age', async () => {
    bob.age += 16 * DAY;
    bob.fsm.issued.noteHeld(alice.pk, 104);
    const bundle = await bob.fsm.preKeys.refreshPreKeys(alice.pk);
    assert.equal(bundle?.keys.length, 104);
  });

  it('sends the same exchange again until it is acknowledged, for at most 14 days', async () => {
    const carol = await KeyPeer.open('carol');
    const first = await bob.fsm.exchangePreKeys(carol.pk);
    await bob.crash();
    assert.deepEqual(await bob.fsm.exchangePreKeys(carol.pk), first);
    bob.age += 14 * DAY + 1;
    assert.notDeepEqual(await bob.fsm.exchangePreKeys(carol.pk), first);
  });

  it('takes a key that was used as the acknowledgement of its batch', async () => {
    const carol = await KeyPeer.open('carol');
    const exchange = await bob.fsm.exchangePreKeys(carol.pk);
    assert.ok(exchange);
    await carol.fsm.processPreKeyExchange(exchange);
    const { envelope } = await carol.send(bob, 'hello');
    await bob.read(envelope);
    assert.equal(bob.fsm.issued.pending(carol.pk), undefined);
  });

  it('refuses the same batch number with another list and remembers it for 60 days', async () => {
    const exchange = await alice.fsm.exchangePreKeys(bob.pk);
    assert.ok(exchange);
    assert.equal((await bob.fsm.processPreKeyExchange(exchange)).result, 'added');
    const { batch } = await bob.fsm.processPreKeyExchange(exchange);
    const twin = await KeyPeer.open('twin');
    const other = { ...decoded(exchange), keys: [{ index: 1, publicKey: twin.pk }] };
    const writes = bob.store.batch();
    assert.equal(await bob.fsm.held.take(writes, other), 'batch-in-use');
    assert.equal(other.batch, batch);
    bob.age += 61 * DAY;
    const expiry = bob.store.batch();
    bob.fsm.held.expire(expiry);
    await expiry.commit();
    assert.equal((await bob.fsm.processPreKeyExchange(exchange)).result, 'added');
  });

  it('drops the keys that their owner no longer lists, durably', async () => {
    const [live] = bob.fsm.issued.live(alice.pk);
    assert.ok(live);
    const writes = alice.store.batch();
    const dropped = alice.fsm.held.retain(
      writes,
      bob.pk,
      (batch, index) => batch === live.batch && index > 50,
    );
    await writes.commit();
    assert.equal(dropped, 50);
    await alice.crash();
    assert.equal(alice.fsm.held.held(bob.pk), 54);
  });

  it('does not seal to a key older than 30 days', async () => {
    alice.age += 30 * DAY;
    await assert.rejects(alice.send(bob, 'too late'), isCode('ErrNoPreKeys'));
  });

  it('erases a batch 45 days after it was last sent, and not a day before', async () => {
    const { envelope } = await alice.send(bob, 'a late one');
    bob.age += 45 * DAY;
    await expire(bob);
    assert.ok(bob.fsm.issued.find(envelope.slice(33, 49)));
    bob.age += 1;
    await expire(bob);
    assert.equal(bob.fsm.issued.find(envelope.slice(33, 49)), undefined);
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 0);
  });

  it('keeps at most 300 live secrets for a peer: the oldest batch goes first', async () => {
    const first = bob.fsm.issued.live(alice.pk)[0]?.batch;
    for (let i = 0; i < 3; i += 1) {
      bob.fsm.issued.noteHeld(alice.pk, 0);
      const bundle = await bob.fsm.preKeys.refreshPreKeys(alice.pk);
      assert.ok(bundle);
      const digest = createHash('sha256').update(bundle.exchange).digest();
      const writes = bob.store.batch();
      const { batch } = decoded(bundle.exchange);
      bob.fsm.issued.acknowledge(writes, alice.pk, batch, digest.subarray(0, 16));
      await writes.commit();
      assert.ok(bob.fsm.issued.liveCount(alice.pk) <= 300);
    }
    assert.ok(!bob.fsm.issued.live(alice.pk).some(({ batch }) => batch === first));
  });

  it('refuses an exchange with an unacceptable or a doubled key', async () => {
    const exchange = await alice.fsm.exchangePreKeys(bob.pk);
    assert.ok(exchange);
    const good = decoded(exchange);
    for (const publicKey of [new Uint8Array(32), bob.pk, alice.pk]) {
      const writes = bob.store.batch();
      const bad = { ...good, keys: [{ index: 1, publicKey }] };
      assert.equal(await bob.fsm.held.take(writes, bad), 'malformed');
    }
    const twice = good.keys.slice(0, 1).flatMap(({ publicKey }) => [
      { index: 1, publicKey },
      { index: 2, publicKey },
    ]);
    assert.equal(await bob.fsm.held.take(bob.store.batch(), { ...good, keys: twice }), 'malformed');
    assert.equal(bob.fsm.held.held(alice.pk), 0);
  });
});

async function expire(peer: KeyPeer): Promise<void> {
  const writes = peer.store.batch();
  peer.fsm.issued.expire(writes);
  await writes.commit();
}
