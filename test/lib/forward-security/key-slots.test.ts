import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { heldKeyForm, issuedKeyForm } from '../../../lib/forward-security/compact-keys';
import { oneTimeSecret } from '../../../lib/forward-security/key-slots';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { decodeExchange } from '../../../lib/protocol/keys/exchange';
import { keySecret } from '../../../lib/protocol/keys/key-secret';
import type { WriteBatch } from '../../../lib/store/store';
import { Table } from '../../../lib/store/table';
import type { KeyPair } from '../../../lib/types';
import { DAY, pair, type KeyPeer } from './support/key-peer';

const crypto = chooseCryptoProvider();

describe('the secrets of one-time keys', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('slots'));
    await bob.giveKeys(alice);
  });

  const write = async ({ store, vault }: KeyPeer, change: (writes: WriteBatch) => unknown) => {
    const writes = store.batch();
    await change(writes);
    await writes.commit();
    await vault.settled();
  };

  const held = () => [...alice.fsm.held.refs()];
  const stock = () => alice.fsm.held.held(bob.pk);

  it('lie under a slot for each key, at its holder and at its owner', () => {
    for (const [peer, refs] of [
      [alice, held()],
      [bob, [...bob.fsm.issued.refs()]],
    ] as const) {
      assert.equal(new Set(refs.map(({ slot }) => slot)).size, 104);
      assert.ok(refs.every((ref) => peer.vault.read(ref)));
    }
  });

  it('are wrapped in their records, each in another way at either side', () => {
    const wraps = [
      ...new Table(alice.store, 'held-key', heldKeyForm).entries(),
      ...new Table(bob.store, 'issued-key', issuedKeyForm).entries(),
    ].map(({ record }) => toHex(record.wrapped));
    assert.equal(new Set(wraps).size, 208);
    assert.ok(wraps.every(({ length }) => length === 2 * 48));
  });

  it('are erased when the key seals a message, once that is durable', async () => {
    const [ref] = held();
    assert.ok(ref);
    const writes = alice.store.batch();
    await alice.fsm.sendForwardSecureMessage(bob.pk, new Uint8Array([0x61]), 0, { batch: writes });
    assert.ok(alice.vault.read(ref), 'a batch that fails costs nothing');
    await writes.commit();
    await alice.vault.settled();
    assert.equal(alice.vault.read(ref), undefined);
    await alice.crash();
    assert.equal(alice.vault.read(ref), undefined);
    assert.equal(stock(), 103);
  });

  it('are there again after a crash before the message was durable', async () => {
    const [ref] = held();
    assert.ok(ref);
    const writes = alice.store.batch();
    await alice.fsm.sendForwardSecureMessage(bob.pk, new Uint8Array([0x61]), 0, { batch: writes });
    await alice.crash();
    assert.equal(stock(), 104);
    assert.equal(await bob.read((await alice.send(bob, 'leak')).envelope), 'leak');
  });

  for (const [ending, end] of [
    ['their owner no longer lists them', (writes) => alice.fsm.held.retain(writes, bob.pk, () => false)],
    [
      'they are too old',
      (writes) => {
        alice.age += 30 * DAY;
        alice.fsm.held.expire(writes);
      },
    ],
    ['their owner is no friend any more', (writes) => alice.fsm.held.forget(writes, bob.pk)],
  ] as readonly [string, (writes: WriteBatch) => unknown][]) {
    it(`are erased when ${ending}`, async () => {
      const refs = held();
      await write(alice, end);
      assert.deepEqual(held(), []);
      assert.ok(refs.every((ref) => alice.vault.read(ref) === undefined));
    });
  }

  it('are missed by the holder, who seals to the next key and drops the one without', async () => {
    await write(alice, (writes) => alice.vault.erase(writes, held().slice(0, 2)));
    const { envelope, preKeyId } = await alice.send(bob, 'leak');
    assert.deepEqual([preKeyId & 0xff, stock()], [3, 101]);
    assert.equal(await bob.read(envelope), 'leak');
    await alice.crash();
    assert.equal(stock(), 101);
  });

  it('leave the holder without keys when all are lost, which it says at once after a start', async () => {
    await write(alice, (writes) => alice.vault.erase(writes, held()));
    await assert.rejects(alice.send(bob, 'leak'), { code: 'ErrNoPreKeys' });
    await alice.crash();
    await write(alice, (writes) => alice.fsm.held.dropUnreadable(writes));
    assert.equal(stock(), 0);
    await alice.crash();
    assert.deepEqual([stock(), held()], [0, []]);
  });

  it('keep the keys whose wraps open, when a holder looks at them all', async () => {
    await write(alice, (writes) => alice.vault.erase(writes, held().slice(50)));
    await write(alice, (writes) => alice.fsm.held.dropUnreadable(writes));
    assert.equal(stock(), 50);
    assert.equal(await bob.read((await alice.send(bob, 'leak')).envelope), 'leak');
  });

  it('count as erased at the owner when a wrap does not open, though its slot is there', async () => {
    const { envelope } = await alice.send(bob, 'leak');
    const table = new Table(bob.store, 'issued-key', issuedKeyForm);
    const [first, second] = table.entries();
    assert.ok(first && second);
    // The wrap of another key: it opens under its own slot and for its own place alone.
    const { wrapped } = second.record;
    const { ref, publicKey, tag } = first.record;
    await write(bob, (writes) => table.put(writes, [first.rest], { ref, publicKey, tag, wrapped }));
    await bob.crash();
    assert.equal(bob.fsm.open(envelope).outcome, 'unknown-tag');
    await write(bob, (writes) => bob.fsm.issued.dropUnreadable(writes));
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 103);
    assert.equal(bob.vault.read(first.record.ref), undefined);
  });

  it('are dropped at the holder when a wrap does not open, though its slot is there', async () => {
    const table = new Table(alice.store, 'held-key', heldKeyForm);
    const [first] = table.entries();
    assert.ok(first);
    const { record } = first;
    const { ref, publicKey, tag, wrapped, batch, index, validUntil } = record;
    const moved = { ref, publicKey, tag, wrapped, batch, index: index + 1, validUntil };
    await write(alice, (writes) => table.put(writes, [first.rest], moved));
    await alice.crash();
    const { preKeyId } = await alice.send(bob, 'leak');
    await alice.vault.settled();
    assert.deepEqual([preKeyId & 0xff, stock()], [2, 102]);
    assert.equal(alice.vault.read(record.ref), undefined);
  });

  it('do not follow from those of earlier keys: a copy of the vault opens nothing sealed to keys made later', async () => {
    const copied = [...bob.fsm.issued.refs()].map((ref) => bob.vault.read(ref));
    let exchange: Uint8Array = new Uint8Array();
    await write(bob, async (writes) => {
      exchange = (await bob.fsm.issued.issue(writes, alice.pk, 5)).exchange;
    });
    const { batch, seed, keys } = decodeExchange(exchange);
    await alice.fsm.processPreKeyExchange(exchange);
    await write(alice, (writes) => alice.fsm.held.retain(writes, bob.pk, (each) => each === batch));
    const { envelope } = await alice.send(bob, 'leak');
    const [key] = keys;
    assert.ok(key && copied.length === 104);
    // It may even know the key's other secret, from the mail that brought it.
    const input = {
      envelope,
      recipient: bob.pk,
      sender: alice.pk,
      keySecret: keySecret(crypto, seed, batch, key),
    };
    for (const k of copied) {
      const preKey: KeyPair = {
        publicKey: key.publicKey,
        secretKey: oneTimeSecret(crypto, k ?? new Uint8Array(32)),
      };
      assert.equal(openEnvelope(crypto, { ...input, preKey }).outcome, 'forged');
    }
    assert.equal(await bob.read(envelope), 'leak');
  });

  it('are in no memory after they sealed, opened or were looked for', async () => {
    const copies: Uint8Array[] = [];
    for (const { vault } of [alice, bob]) {
      const read = vault.read.bind(vault);
      vault.read = (ref) => {
        const secret = read(ref);
        if (secret !== undefined) copies.push(secret);
        return secret;
      };
    }
    const { envelope } = await alice.send(bob, 'leak');
    await bob.read(envelope);
    await write(alice, (writes) => alice.fsm.held.dropUnreadable(writes));
    assert.equal(copies.length, 1 + 1 + 103);
    assert.ok(copies.every((copy) => copy.every((byte) => byte === 0)));
  });
});
