import assert from 'node:assert/strict';
import { utf8 } from '../../../../../lib/bytes';
import { Outbox, type OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { readLargeContent } from '../../../../../lib/protocol/envelope/large/large-content';
import { joinedLarge } from '../../../../../lib/protocol/envelope/large/split-large';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import { bareBytes } from '../../../../../lib/store/record-form';
import { Table } from '../../../../../lib/store/table';
import type { WriteBatch } from '../../../../../lib/store/store';
import { pair, type KeyPeer } from '../../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const copy = { node: new Uint8Array(32).fill(3), at: 5, kept: 100 };
const stranger = new Uint8Array(32).fill(9);

describe('the outbox', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let outbox: Outbox;

  beforeEach(async () => {
    ({ alice, bob } = await pair('outbox'));
    await bob.giveKeys(alice);
    outbox = open();
  });

  function open(): Outbox {
    const { store, vault, fsm: forwardSecurity } = alice;
    return new Outbox({ crypto, store, vault, forwardSecurity });
  }

  /** What a start would find now. */
  const durable = () => open().entries();
  const records = () =>
    ['outbox', 'outbox-plaintext', 'outbox-envelope'].map(
      (name) => [...new Table(alice.store, name, bareBytes).entries()].length,
    );

  async function add(text: string, friend = bob.pk): Promise<{ entry: OutboxEntry; writes: WriteBatch }> {
    const { ref, secret } = await allocateSlot(alice.vault);
    const writes = alice.store.batch();
    const messageId = crypto.sha256(utf8(text));
    const times = { lifetime: 60, acceptedAt: alice.age, createdAt: 5_000 };
    const entry = outbox.add(writes, { messageId, friend, type: 0, ref, ...times }, utf8(text), secret);
    return { entry, writes };
  }

  async function added(text: string, friend?: Uint8Array): Promise<OutboxEntry> {
    const { entry, writes } = await add(text, friend);
    await writes.commit();
    return entry;
  }

  /** The same change before and after its batch is durable: in memory it happens with the disk. */
  async function change(entry: OutboxEntry, apply: (writes: WriteBatch) => void): Promise<void> {
    const before = structuredClone(entry);
    const writes = alice.store.batch();
    apply(writes);
    assert.deepEqual(structuredClone(entry), before);
    assert.equal(outbox.has(entry), true);
    await writes.commit();
    assert.deepEqual(durable(), outbox.entries());
  }

  it('seals a message as it takes it, but gives no envelope before its key is durably spent', async () => {
    const { entry, writes } = await add('leak');
    assert.equal(outbox.envelope(entry), undefined);
    assert.deepEqual([outbox.isSealing(entry), outbox.waitsForKey(bob.pk)], [true, false]);
    await writes.commit();
    assert.ok(outbox.envelope(entry) && entry.sealed);
    assert.equal(outbox.isSealing(entry), false);
    assert.deepEqual(durable(), outbox.entries());
    assert.deepEqual(records(), [1, 1, 1]);
  });

  it('keeps a message without a key as one that waits, of that friend alone', async () => {
    const entry = await added('leak', stranger);
    await added('other');
    assert.deepEqual([outbox.waitsForKey(stranger), outbox.waitsForKey(bob.pk)], [true, false]);
    assert.deepEqual(outbox.of(stranger), [entry]);
    assert.equal(outbox.envelope(entry), undefined);
    assert.deepEqual(durable(), outbox.entries());
  });

  it('tells messages of one id to two friends apart', async () => {
    const mine = await added('leak');
    const other = await added('leak', stranger);
    assert.equal(outbox.find(bob.pk, mine.messageId), mine);
    assert.equal(outbox.find(stranger, mine.messageId), other);
  });

  it('remembers the last four keys that a message was sealed to, until it is finished', async () => {
    const entry = await added('leak');
    const other = await added('other');
    const keys = [entry.sealed?.preKeyId ?? 0];
    for (let i = 0; i < 4; i += 1) {
      await change(entry, (writes) => outbox.unseal(writes, entry));
      assert.equal(outbox.findByKey(bob.pk, keys[i] ?? 0), entry, 'a receipt may name the dead key still');
      await change(entry, (writes) => assert.equal(outbox.seal(writes, entry), 'sealed'));
      keys.push(entry.sealed?.preKeyId ?? 0);
    }
    assert.deepEqual(entry.keys, keys.slice(1));
    const found = (where: Outbox) => keys.map((key) => where.findByKey(bob.pk, key)?.sequence);
    const { sequence } = entry;
    const four = [undefined, sequence, sequence, sequence, sequence];
    assert.deepEqual([found(outbox), found(open())], [four, four]);
    assert.equal(outbox.findByKey(stranger, keys[2] ?? 0), undefined);
    assert.equal(outbox.findByKey(bob.pk, other.sealed?.preKeyId ?? 0), other);
    const writes = alice.store.batch();
    outbox.remove(writes, entry);
    await writes.commit();
    assert.deepEqual([...new Set(found(outbox))], [undefined]);
    assert.equal(outbox.findByKey(bob.pk, other.sealed?.preKeyId ?? 0), other);
  });

  it('takes a message out again that could not be made durable, once', async () => {
    await added('leak');
    const { entry } = await add('another');
    assert.deepEqual([outbox.messages, outbox.load().bytes], [2, 11]);
    outbox.withdraw(entry);
    outbox.withdraw(entry);
    assert.deepEqual([outbox.messages, outbox.load().bytes], [1, 4]);
    assert.equal(outbox.find(bob.pk, entry.messageId), undefined);
    assert.equal(outbox.isSealing(entry), false);
  });

  it('notes a copy when that is durable', async () => {
    const entry = await added('leak');
    await change(entry, (writes) => outbox.recordCopies(writes, entry, [copy], 1));
    assert.deepEqual([entry.stored, entry.told, entry.copies], [true, 1, [copy]]);
  });

  it('takes a message off its envelope, with the copies of that, and seals it to another key', async () => {
    const entry = await added('leak');
    const first = entry.sealed;
    await change(entry, (writes) => outbox.recordCopies(writes, entry, [copy], 1));
    await change(entry, (writes) => outbox.unseal(writes, entry));
    assert.deepEqual([entry.sealed, entry.told, entry.copies], [undefined, 0, []]);
    assert.equal(entry.stored, true, 'a node may still have it');
    assert.deepEqual(records(), [1, 1, 0]);
    assert.equal(outbox.waitsForKey(bob.pk), true);
    await change(entry, (writes) => assert.equal(outbox.seal(writes, entry), 'sealed'));
    assert.notDeepEqual(entry.sealed, first);
    assert.ok(outbox.envelope(entry));
  });

  it('leaves no plaintext in memory when it seals a message to another key', async () => {
    const plaintexts: Uint8Array[] = [];
    const noting = Object.create(crypto, {
      openSecretbox: {
        value: (...args: Parameters<typeof crypto.openSecretbox>) => {
          const plain = crypto.openSecretbox(...args);
          if (plain) plaintexts.push(plain);
          return plain;
        },
      },
      wipe: { value: (bytes: Uint8Array) => crypto.wipe(bytes) },
    }) as typeof crypto;
    const entry = await added('leak', stranger);
    const { store, vault, fsm: forwardSecurity } = alice;
    const reopened = new Outbox({ crypto: noting, store, vault, forwardSecurity });
    assert.equal(reopened.seal(store.batch(), entry), 'no-key');
    assert.deepEqual(plaintexts, [new Uint8Array(4)]);
  });

  it('leaves nothing of a message that is finished', async () => {
    const entry = await added('leak');
    await change(entry, (writes) => outbox.remove(writes, entry));
    assert.deepEqual(records(), [0, 0, 0]);
    assert.deepEqual([outbox.messages, outbox.load().bytes, outbox.has(entry)], [0, 0, false]);
    await alice.vault.settled();
    assert.equal(alice.vault.read(entry.ref), undefined);
  });

  it('goes on after a start with what it had, and with numbers of its own', async () => {
    await added('one');
    const gone = await added('two');
    await added('three');
    await change(gone, (writes) => outbox.remove(writes, gone));
    outbox = open();
    assert.deepEqual([outbox.messages, outbox.load().bytes], [2, 8]);
    const next = await added('four');
    assert.deepEqual(
      outbox.entries().map(({ sequence }) => sequence),
      [1, 3, 4],
    );
    assert.equal(outbox.find(bob.pk, next.messageId), next);
  });

  describe('with a large message', () => {
    const payload = new Uint8Array(7_000).fill(7);
    const content = { inner: 2, label: 'camera', isDeflated: false, bytes: payload } as const;

    async function addLarge(large: { chunks: number; turnAt?: number }): Promise<OutboxEntry> {
      const { ref, secret } = await allocateSlot(alice.vault);
      const writes = alice.store.batch();
      const times = { lifetime: 60, acceptedAt: alice.age, createdAt: 5_000 };
      const fields = { messageId: crypto.sha256(payload), friend: bob.pk, type: 4, ref, ...times, large };
      const entry = outbox.add(writes, fields, joinedLarge(content), secret);
      await writes.commit();
      return entry;
    }

    async function headOf(entry: OutboxEntry) {
      const envelope = open().envelope(entry) ?? assert.fail();
      const { messageType: type, data } = await bob.fsm.decryptForwardSecureMessage(envelope);
      const head = readLargeContent({ type, data });
      assert.ok(typeof head === 'object');
      return head;
    }

    it('seals its head alone, under the same payload key each time', async () => {
      const entry = await addLarge({ chunks: 2, turnAt: 5 });
      assert.equal(entry.size, 3 + 6 + 7_000);
      const first = await headOf(entry);
      assert.deepEqual([first.total, first.label], [7_000, 'camera']);
      await change(entry, (writes) => outbox.unseal(writes, entry));
      await change(entry, (writes) => assert.equal(outbox.seal(writes, entry), 'sealed'));
      assert.deepEqual((await headOf(entry)).key, first.key);
      assert.deepEqual(outbox.plaintext(entry), joinedLarge(content));
    });

    it('seals nothing before its turn, and does not count it among those that wait for a key', async () => {
      const entry = await addLarge({ chunks: 2 });
      assert.equal(entry.sealed, undefined);
      assert.equal(outbox.waitsForKey(bob.pk), false);
      await change(entry, (writes) => outbox.note(writes, entry, { large: { chunks: 2, turnAt: 9 } }));
      assert.deepEqual(entry.large, { chunks: 2, turnAt: 9 });
      assert.equal(outbox.waitsForKey(bob.pk), true);
    });

    it('is stored, and was deposited, only when a node has all of it', async () => {
      const entry = await addLarge({ chunks: 2, turnAt: 5 });
      await change(entry, (writes) => outbox.recordCopies(writes, entry, [copy], 0));
      assert.deepEqual([entry.stored, entry.depositedAt, entry.copies], [false, undefined, [copy]]);
      await change(entry, (writes) => outbox.recordCopies(writes, entry, [{ ...copy, kept: 90 }], 1));
      assert.deepEqual([entry.stored, entry.depositedAt, entry.told], [true, 5, 1]);
      assert.deepEqual(entry.copies, [{ ...copy, kept: 90 }]);
    });
  });
});
