import assert from 'node:assert/strict';
import { concat } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { decodeExchange } from '../../../lib/protocol/keys/exchange';
import type { WriteBatch } from '../../../lib/store/store';
import type { SlotRef } from '../../../lib/store/vault/secret-vault';
import type { PublicKey } from '../../../lib/types';
import { viewsOf } from '../../chaos/support/erasure/views';
import { DAY, pair, type KeyPeer } from './support/key-peer';

const crypto = chooseCryptoProvider();

describe('the seed of a batch of keys', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('seeds'));
  });

  const write = async (change: (writes: WriteBatch) => unknown) => {
    const writes = bob.store.batch();
    await change(writes);
    await writes.commit();
    await bob.vault.settled();
  };

  async function issue(count = 3, how: { mailed?: true } = {}) {
    let offer: { batch: number; exchange: Uint8Array } | undefined;
    await write(async (writes) => {
      offer = await bob.fsm.issued.issue(writes, alice.pk, count, how);
    });
    assert.ok(offer);
    return { ...offer, seed: decodeExchange(offer.exchange).seed };
  }

  /** Slots of exchanges that wait; those of the keys come before them. */
  const offers = (): SlotRef[] => [...bob.fsm.issued.refs()].slice(bob.fsm.issued.liveCount(alice.pk));

  /** Whether these bytes are in any record, however they are written there. */
  const isStored = ({ store }: KeyPeer, bytes: Uint8Array) =>
    [...store.range({ gte: new Uint8Array(0), lt: new Uint8Array([0xff]) })].some(([key, value]) =>
      viewsOf(Buffer.from(concat(key, value))).some((view) => view.includes(Buffer.from(bytes))),
    );

  it('lies under a slot of its own while the exchange waits, and nowhere else', async () => {
    const { seed, exchange } = await issue();
    assert.equal(offers().length, 1);
    assert.deepEqual([isStored(bob, alice.pk), isStored(bob, seed)], [true, false]);
    await bob.crash();
    assert.deepEqual(bob.fsm.issued.pending(alice.pk)?.exchange, exchange, 'the same bytes');
  });

  const endings: readonly [string, (offer: { batch: number; exchange: Uint8Array }) => Promise<void>][] = [
    [
      'its acknowledgement',
      ({ batch, exchange }) =>
        write((writes) =>
          bob.fsm.issued.acknowledge(writes, alice.pk, batch, crypto.sha256(exchange).slice(0, 16)),
        ),
    ],
    [
      'the receipt of its mail',
      ({ batch }) => write((writes) => bob.fsm.issued.acknowledgeMailed(writes, alice.pk, batch)),
    ],
    [
      'a key of it that is seen used',
      async ({ exchange }) => {
        await alice.fsm.processPreKeyExchange(exchange);
        await bob.read((await alice.send(bob, 'leak')).envelope);
        await bob.vault.settled();
      },
    ],
    ['a refusal', ({ batch }) => write((writes) => bob.fsm.issued.refuse(writes, alice.pk, batch))],
    [
      'room that newer batches need',
      async () => {
        for (let i = 0; i < 3; i += 1) await issue(100);
      },
    ],
    [
      'the age of 14 days',
      async () => {
        bob.age += 14 * DAY + 1;
        await write((writes) => bob.fsm.issued.expire(writes));
        assert.equal(bob.fsm.issued.liveCount(alice.pk), 5, 'its keys may have been taken');
      },
    ],
    ['the end of a friendship', () => write((writes) => bob.fsm.issued.forget(writes, alice.pk))],
  ];
  for (const [ending, end] of endings) {
    it(`is gone with ${ending}, and so after a restart`, async () => {
      const offer = await issue(5);
      const [ref] = offers();
      assert.ok(ref && bob.vault.read(ref));
      await end(offer);
      assert.equal(bob.vault.read(ref), undefined);
      assert.ok(!offers().some(({ serial }) => serial === ref.serial));
      await bob.crash();
      assert.ok(!offers().some(({ serial }) => serial === ref.serial));
      assert.equal(bob.vault.read(ref), undefined);
    });
  }

  it('waits longer where it went out by mail, which is sent again', async () => {
    const { batch } = await issue(5, { mailed: true });
    bob.age += 44 * DAY;
    await write((writes) => bob.fsm.issued.expire(writes));
    assert.equal(offers().length, 1);
    for (let i = 0; i < 2; i += 1) await issue(5, { mailed: true });
    assert.notEqual(bob.fsm.issued.pendingMail(alice.pk, 40)?.batch, batch, 'the newest of three');
    bob.age += DAY + 1;
    await write((writes) => bob.fsm.issued.expire(writes));
    assert.equal(offers().length, 2, 'not longer than its keys');
  });

  it('is lost without its keys when its slot is: the batch is not offered again, and its keys still open', async () => {
    const { batch, exchange } = await issue(104);
    await alice.fsm.processPreKeyExchange(exchange);
    await write((writes) => bob.vault.erase(writes, offers()));
    assert.equal(bob.fsm.issued.pending(alice.pk), undefined);
    await write((writes) => bob.fsm.issued.dropUnreadable(writes));
    assert.deepEqual(offers(), []);
    await bob.crash();
    assert.equal(bob.fsm.issued.isPending(alice.pk, batch), true);
    assert.equal(await bob.read((await alice.send(bob, 'leak')).envelope), 'leak');
    assert.equal(bob.fsm.issued.isPending(alice.pk, batch), false, 'a key seen used acknowledges it');
  });

  it('goes with its keys when the whole vault is lost', async () => {
    await issue(5);
    await write((writes) => bob.vault.erase(writes, [...bob.fsm.issued.refs()]));
    await write((writes) => bob.fsm.issued.dropUnreadable(writes));
    await bob.crash();
    assert.deepEqual([bob.fsm.issued.live(alice.pk), [...bob.fsm.issued.refs()]], [[], []]);
  });

  it('is in no memory of either side once the secrets of its keys are made', async () => {
    const drawn: Uint8Array[] = [];
    const bytes = bob.random.bytes.bind(bob.random);
    bob.random.bytes = (n) => {
      const made = bytes(n);
      if (n === 32) drawn.push(made);
      return made;
    };
    const { exchange } = await issue();
    assert.ok(drawn.length > 0 && drawn.every((each) => each.every((byte) => byte === 0)));
    const { from, ...offered } = decodeExchange(exchange);
    const writes = alice.store.batch();
    assert.equal(await alice.fsm.held.take(writes, { from, ...offered }), 'added');
    await writes.commit();
    assert.deepEqual(offered.seed, new Uint8Array(32));
    const again = decodeExchange(exchange);
    assert.equal(await alice.fsm.held.take(alice.store.batch(), again), 'known');
    assert.deepEqual(again.seed, new Uint8Array(32));
  });

  it('makes the same keys under the same number another list, when it is another', async () => {
    const { exchange } = await issue();
    await alice.fsm.processPreKeyExchange(exchange);
    const other = { ...decodeExchange(exchange), seed: new Uint8Array(32).fill(1) };
    assert.equal(await alice.fsm.held.take(alice.store.batch(), other), 'batch-in-use');
  });

  it('is never stored by the holder', async () => {
    const { exchange, seed } = await issue();
    await alice.fsm.processPreKeyExchange(exchange);
    assert.deepEqual([isStored(alice, bob.pk), isStored(alice, seed)], [true, false]);
  });

  it('costs one allocation of slots at either side, however many the keys', async () => {
    const calls: [PublicKey, number][] = [];
    for (const { vault, pk } of [alice, bob]) {
      const allocate = vault.allocate.bind(vault);
      vault.allocate = (count) => {
        calls.push([pk, count]);
        return allocate(count);
      };
    }
    const { exchange } = await issue(104);
    await alice.fsm.processPreKeyExchange(exchange);
    await alice.fsm.processPreKeyExchange(exchange);
    assert.deepEqual(calls, [
      [bob.pk, 1 + 104],
      [alice.pk, 104],
    ]);
  });
});
