import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { Contexts } from '../../../../lib/client/journal/outgoing/contexts';
import { Outbox, type OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { OutcomeJournal } from '../../../../lib/client/journal/outgoing/outcome-journal';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { Completion } from '../../../../lib/client/sending/completion';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import type { WriteBatch } from '../../../../lib/store/store';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { DAY, pair, type KeyPeer } from '../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const LIFE = 60;

describe('a receipt that names a message by its key', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let outbox: Outbox;
  let mail: ServiceMail;
  let outcomes: OutcomeJournal;
  let completion: Completion;
  let heard: number;

  beforeEach(async () => {
    ({ alice, bob } = await pair('receipts by key'));
    await bob.giveKeys(alice);
    heard = 0;
    open();
  });

  /** As after a start. */
  function open(): void {
    const { store, vault, fsm: forwardSecurity } = alice;
    const ages = { now: () => alice.age };
    outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    mail = new ServiceMail({ store, ages });
    const contexts = new Contexts({ crypto, store, vault });
    const clock = { wall: () => 0 };
    outcomes = new OutcomeJournal({
      store,
      ages,
      clock,
      contexts,
      hooks: { onOutcome: () => undefined, onError: assert.ifError },
    });
    completion = new Completion(
      {
        store,
        ages,
        outbox,
        outcomes,
        mail,
        forwardSecurity,
        nodes: {
          holds: { noteFetched: () => false },
          noteHeard: () => (heard += 1),
          noteUnconfirmed: () => undefined,
        },
        wakeup: { friend: () => undefined, message: () => undefined },
        hooks: { onEnded: () => undefined },
      },
      { wanted: 3 },
    );
  }

  async function write(change: (writes: WriteBatch) => void): Promise<void> {
    const writes = alice.store.batch();
    change(writes);
    await writes.commit();
  }

  async function accept(text: string): Promise<OutboxEntry> {
    const { ref, secret } = await allocateSlot(alice.vault);
    const fields = { messageId: crypto.sha256(utf8(text)), friend: bob.pk, type: 0, ref };
    const times = { lifetime: LIFE, acceptedAt: alice.age, createdAt: 0 };
    let entry!: OutboxEntry;
    await write((writes) => (entry = outbox.add(writes, { ...fields, ...times }, utf8(text), secret)));
    return entry;
  }

  const keyOf = ({ sealed }: OutboxEntry) => sealed?.preKeyId ?? 0;
  const meant = (preKeyId: number, id: Uint8Array, friend = bob.pk) =>
    completion.messageBy(friend, { preKeyId, idStart: id.slice(0, 4) });
  const copy = { node: new Uint8Array(32).fill(3), at: 5, kept: 100 };

  it('means the message under way that was sealed to the key, and only of that friend', async () => {
    const [leak, other] = [await accept('leak'), await accept('other')];
    assert.deepEqual(meant(keyOf(leak), leak.messageId), leak.messageId);
    assert.deepEqual(meant(keyOf(other), other.messageId), other.messageId);
    assert.equal(meant(keyOf(leak), leak.messageId, alice.pk), undefined);
    assert.equal(meant(1, leak.messageId), undefined);
    assert.equal(heard, 0);
  });

  it('means none when the message has another id, as after a restore', async () => {
    const [leak, other] = [await accept('leak'), await accept('other')];
    assert.equal(meant(keyOf(leak), other.messageId), undefined);
  });

  it('means a message by a key that it was taken off, since its old envelope may have arrived', async () => {
    const entry = await accept('leak');
    const first = keyOf(entry);
    await write((writes) => outbox.unseal(writes, entry));
    await write((writes) => outbox.seal(writes, entry));
    assert.notEqual(keyOf(entry), first);
    open();
    for (const key of [first, keyOf(entry)]) assert.deepEqual(meant(key, entry.messageId), entry.messageId);
  });

  it('means keys by mail', async () => {
    const sealed = { preKeyId: 0x105, storageId: new Uint8Array(16) };
    const messageId = new Uint8Array(32).fill(7);
    const content = { kind: 'keys', batch: 9 } as const;
    const fields = { friend: bob.pk, messageId, content, envelope: new Uint8Array(287), lifetime: DAY };
    await write((writes) => mail.add(writes, { ...fields, sealed }));
    assert.deepEqual(meant(0x105, messageId), messageId);
  });

  it('means a message that ended unconfirmed, for 30 days, and makes it delivered', async () => {
    const entry = await accept('leak');
    const key = keyOf(entry);
    await write((writes) => outbox.recordCopies(writes, entry, [copy], 1));
    alice.age += LIFE;
    await completion.expire(bob.pk);
    const state = () => outcomes.find(bob.pk, entry.messageId)?.state;
    assert.equal(state(), 'unconfirmed');
    alice.age += 30 * DAY;
    open();
    await write((writes) => outcomes.expire(writes));
    const id = meant(key, entry.messageId);
    assert.deepEqual(id, entry.messageId);
    await write((writes) => completion.receipt(writes, bob.pk, entry.messageId, 'ok'));
    assert.equal(state(), 'delivered');
    alice.age += 1;
    await write((writes) => outcomes.expire(writes));
    assert.equal(meant(key, entry.messageId), undefined);
    const everything = { gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) };
    const names = [...alice.store.range(everything)].map(([name]) => Buffer.from(name).toString('latin1'));
    assert.deepEqual(
      names.filter((name) => name.startsWith('finished')),
      [],
    );
  });

  it('names as many nodes as had a copy, and no more than are wanted', async () => {
    for (const [count, named] of [
      [0, 0],
      [2, 2],
      [3, 3],
      [5, 3],
    ] as const) {
      const entry = await accept(`on ${count}`);
      const copies = Array.from({ length: count }, (_, i) => ({
        ...copy,
        node: new Uint8Array(32).fill(i + 1),
      }));
      if (count > 0) await write((writes) => outbox.recordCopies(writes, entry, copies, count));
      await write((writes) => completion.receipt(writes, bob.pk, entry.messageId, 'ok'));
      const outcome = outcomes.find(bob.pk, entry.messageId);
      assert.deepEqual([outcome?.nodes, outcome?.wanted], [named, 3]);
    }
  });

  it('means none of the messages that were delivered', async () => {
    const entry = await accept('leak');
    const key = keyOf(entry);
    await write((writes) => completion.receipt(writes, bob.pk, entry.messageId, 'ok'));
    assert.equal(meant(key, entry.messageId), undefined);
  });
});
