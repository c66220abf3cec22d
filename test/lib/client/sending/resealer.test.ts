import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { Outbox, type OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { Resealer } from '../../../../lib/client/sending/resealer';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { pair, type KeyPeer } from '../../forward-security/support/key-peer';
import { refuseCommits } from '../../../support/refusing-commits';
import { later } from '../support/depositor';

const crypto = chooseCryptoProvider();

describe('the resealer', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let outbox: Outbox;
  let mail: ServiceMail;
  /** What the disk still has to do. */
  let settled: Promise<void>;
  let underWay: OutboxEntry[];
  /** Large messages whose heads the friend did not know, and those that wait for their turn. */
  let unknown: OutboxEntry[];
  let waiting: OutboxEntry[];
  /** Of their values, what ends when they are sealed. */
  let earlier: Map<OutboxEntry, OutboxEntry[]>;
  /** How often it was said that keys were spent. */
  let spent: number;
  /** What was done beside the disk, in order. */
  let done: string[];
  let resealer: Resealer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('resealer', { urgentKeysPerPeer: 0 }));
    await bob.giveKeys(alice);
    const { store, vault, fsm: forwardSecurity } = alice;
    outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    outbox.settled = () => settled;
    mail = openMail();
    [settled, underWay, done, unknown, waiting] = [Promise.resolve(), [], [], [], []];
    earlier = new Map();
    spent = 0;
    resealer = new Resealer({
      store,
      outbox,
      mail,
      forwardSecurity,
      completion: {
        failed: (writes, entry, code) => {
          outbox.remove(writes, entry);
          done.push(`failed ${entry.sequence} ${code}`);
        },
      },
      direct: {
        isUnderWay: (entry) => underWay.includes(entry),
        isUnknown: (entry) => unknown.includes(entry),
        renew: ({ sequence, sealed }) => done.push(`renew ${sequence}${sealed ? '' : ' unsealed'}`),
      },
      ages: { now: () => alice.age },
      sealTime: {
        isNow: (entry) => entry.sealed === undefined && !waiting.includes(entry),
        earlier: (entry) => earlier.get(entry) ?? [],
        inheritsTurn: () => false,
      },
      earlyEnds: {
        prepare: (leaving) => {
          const names = leaving.map(({ entry, code }) => `${entry.sequence} ${code}`).join();
          return Promise.resolve({
            addTo: (writes) => {
              for (const { entry } of leaving) outbox.remove(writes, entry);
              writes.afterCommit(() => done.push(`ended ${names}`));
            },
            undo: () => done.push(`goes on ${names}`),
          });
        },
      },
      wakeup: { friend: () => done.push('wakeup') },
      hooks: {
        onDeadKeys: (peer) => done.push(peer === bob.pk ? 'dead keys' : 'of another'),
        onKeySpent: () => (spent += 1),
      },
    });
    resealer.beginMeeting(bob.pk);
  });

  const openMail = () => new ServiceMail({ store: alice.store, ages: { now: () => alice.age } });

  async function add(text: string, friend = bob.pk, more: Partial<OutboxEntry> = {}): Promise<OutboxEntry> {
    const { ref, secret } = await allocateSlot(alice.vault);
    const writes = alice.store.batch();
    const messageId = crypto.sha256(utf8(text));
    const times = { lifetime: 60, acceptedAt: alice.age, createdAt: 5_000 };
    const entry = outbox.add(
      writes,
      { messageId, friend, type: 0, ref, ...times, ...more },
      utf8(text),
      secret,
    );
    await writes.commit();
    return entry;
  }

  async function addMail(preKeyId: number, friend = bob.pk): Promise<void> {
    const writes = alice.store.batch();
    const content = { kind: 'receipts' } as const;
    const sealed = { preKeyId, storageId: new Uint8Array(16) };
    const messageId = new Uint8Array(32).fill(preKeyId);
    mail.add(writes, { friend, messageId, content, envelope: new Uint8Array(287), sealed, lifetime: 60 });
    await writes.commit();
  }

  const keyOf = ({ sealed }: OutboxEntry) => sealed?.preKeyId;
  /** The friend's list has all its keys but these. */
  const applyWithout = (...dead: (number | undefined)[]) => {
    const made = [1, 2].map((batch) => ({ batch, live: Array.from({ length: 104 }, (_, i) => i + 1) }));
    const listed = [...bob.fsm.issued.live(alice.pk), ...made].map(({ batch, live }) => {
      return [batch, new Set(live.filter((index) => !dead.includes(batch * 256 + index)))] as const;
    });
    return resealer.applyState(bob.pk, new Map(listed));
  };
  /** What was done since the last call. */
  const heard = () => done.splice(0);
  const stock = () => alice.fsm.held.held(bob.pk);

  it('lets everything be while all keys are alive', async () => {
    const entry = await add('leak');
    const key = keyOf(entry);
    const before = stock();
    assert.equal(await applyWithout(), false);
    assert.deepEqual([keyOf(entry), stock(), heard()], [key, before, ['wakeup']]);
  });

  it('drops keys that the friend does not list, and says so', async () => {
    const next = alice.fsm.held.next(bob.pk);
    assert.ok(next);
    const before = stock();
    assert.equal(await applyWithout(next.batch * 256 + next.index), true);
    assert.deepEqual([stock(), heard()], [before - 1, ['wakeup']]);
  });

  it('gives a message on a dead key another, and leaves the others theirs', async () => {
    const [one, two] = [await add('one'), await add('two')];
    const keys = [keyOf(one), keyOf(two)];
    const copy = { node: new Uint8Array(32), at: 5, kept: 100 };
    const writes = alice.store.batch();
    outbox.recordCopies(writes, one, [copy], 1);
    await writes.commit();
    assert.equal(await applyWithout(keyOf(one)), false, 'it was not in the stock any more');
    assert.deepEqual(heard(), ['dead keys', 'renew 1', 'wakeup']);
    assert.ok(keyOf(one) !== keys[0] && keyOf(one) !== undefined);
    assert.deepEqual([one.copies, keyOf(two)], [[], keys[1]]);
  });

  it('does not touch a message whose answer is awaited', async () => {
    const entry = await add('leak');
    underWay = [entry];
    const key = keyOf(entry);
    await applyWithout(key);
    assert.deepEqual([keyOf(entry), heard()], [key, ['wakeup']]);
  });

  it('gives one message three keys in a meeting; then it waits for the next, off its dead envelope', async () => {
    const entry = await add('leak');
    const other = await add('other');
    const keys = new Set([keyOf(entry)]);
    for (let i = 0; i < 3; i += 1) {
      await applyWithout(...keys);
      keys.add(keyOf(entry));
    }
    assert.equal(keys.size, 1 + 3);
    for (let i = 0; i < 2; i += 1) {
      await applyWithout(...keys);
      await resealer.sealWaiting(bob.pk);
      assert.equal(keyOf(entry), undefined);
    }
    await applyWithout(keyOf(other));
    assert.equal(heard().at(-2), `renew ${other.sequence}`, 'another message has its own three');
    resealer.beginMeeting(bob.pk);
    await applyWithout(...keys);
    keys.add(keyOf(entry));
    assert.equal(keys.size, 1 + 4);
  });

  it('drops mail on a dead key with the keys, and no other mail', async () => {
    const cat = new Uint8Array(32).fill(3);
    for (const preKeyId of [0x101, 0x102, 0x203]) await addMail(preKeyId);
    await addMail(0x101, cat);
    const left = (of: ServiceMail) => of.entries().map(({ friend, sealed }) => [friend[0], sealed.preKeyId]);
    await applyWithout(0x101, 0x203);
    const expected = [
      [bob.pk[0], 0x102],
      [3, 0x101],
    ];
    assert.deepEqual([left(mail), left(openMail())], [expected, expected]);
    assert.deepEqual(heard(), ['wakeup'], 'of which nobody hears');
  });

  it('takes messages off dead keys in the batch that drops the keys, and mail too', async () => {
    const entry = await add('leak');
    const key = keyOf(entry);
    await addMail(0x101);
    const before = mail.entries();
    const end = refuseCommits(alice.store);
    await assert.rejects(applyWithout(key, 0x101), /the disk is gone/);
    end();
    assert.deepEqual([keyOf(entry), mail.entries(), heard()], [key, before, []]);
  });

  it('counts no key against a message while the disk refuses that it is taken off one', async () => {
    const entry = await add('leak');
    const first = keyOf(entry);
    const end = refuseCommits(alice.store);
    for (let i = 0; i < 10; i += 1) await assert.rejects(applyWithout(first), /the disk is gone/);
    end();
    await applyWithout(first);
    assert.notEqual(keyOf(entry), undefined);
    assert.notEqual(keyOf(entry), first);
  });

  it('judges with the others what is still on its way to the disk', async () => {
    const slow = later<void>();
    settled = slow.promise;
    const entry = await add('leak');
    const key = keyOf(entry);
    const applying = applyWithout(key);
    await alice.time.advance(1);
    assert.deepEqual([keyOf(entry), heard()], [key, []]);
    slow.resolve();
    await applying;
    assert.notEqual(keyOf(entry), key);
  });

  describe('of what waits for keys', () => {
    beforeEach(async () => {
      const writes = alice.store.batch();
      alice.fsm.held.retain(writes, bob.pk, () => false);
      await writes.commit();
      for (const text of ['one', 'two', 'three']) await add(text);
    });

    async function give(count: number): Promise<void> {
      const writes = bob.store.batch();
      const { exchange } = await bob.fsm.issued.issue(writes, alice.pk, count);
      await writes.commit();
      await alice.fsm.processPreKeyExchange(exchange);
    }

    const unsealed = () =>
      outbox.entries().flatMap(({ sequence, sealed }) => (sealed === undefined ? [sequence] : []));

    it('seals as much as there are keys for, in the order of acceptance', async () => {
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([unsealed(), heard()], [[1, 2, 3], ['wakeup']]);
      // Four are kept for mail.
      await give(4 + 2);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([unsealed(), heard()], [[3], ['renew 1', 'renew 2', 'wakeup']]);
    });

    it('seals urgent ones before the others', async () => {
      await add('four', bob.pk, { isUrgent: true });
      await give(4 + 2);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual(
        [unsealed(), heard()],
        [
          [2, 3],
          ['renew 4', 'renew 1', 'wakeup'],
        ],
      );
    });

    it('knows that a message still waits for a key when the disk refuses its envelope', async () => {
      await give(4 + 3);
      const end = refuseCommits(alice.store);
      await assert.rejects(resealer.sealWaiting(bob.pk), /the disk is gone/);
      end();
      assert.deepEqual([unsealed(), outbox.waitsForKey(bob.pk)], [[1, 2, 3], true]);
      await give(4 + 3);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([unsealed(), outbox.waitsForKey(bob.pk)], [[], false]);
    });

    it('fails a message whose text is lost, and goes on with the next', async () => {
      const [first] = outbox.entries();
      assert.ok(first);
      const writes = alice.store.batch();
      alice.vault.erase(writes, [first.ref]);
      await writes.commit();
      await alice.vault.settled();
      await give(10);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual(heard(), ['failed 1 lost', 'renew 2', 'renew 3', 'wakeup']);
      assert.deepEqual(unsealed(), []);
    });

    it('can seal what is due while there is a key', async () => {
      const [first, second] = outbox.entries();
      assert.ok(first && second);
      waiting = [first];
      assert.deepEqual([resealer.canSeal(first), resealer.canSeal(second)], [false, false]);
      await give(4 + 1);
      assert.deepEqual([resealer.canSeal(first), resealer.canSeal(second)], [false, true]);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([unsealed(), resealer.canSeal(second)], [[1, 3], false]);
    });

    it('says that keys were spent, once, when some were', async () => {
      const told: unknown[] = [];
      resealer.listen((peer) => told.push(peer));
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([told, spent], [[], 0]);
      await give(4 + 2);
      await resealer.sealWaiting(bob.pk);
      assert.deepEqual([told, spent], [[bob.pk], 1]);
    });

    describe('and replaces another', () => {
      beforeEach(() => {
        const [first, , third] = outbox.entries();
        assert.ok(first && third);
        waiting = [first];
        earlier.set(third, [first]);
      });

      it('ends that one in the batch that gives it a key', async () => {
        await give(4 + 2);
        const end = refuseCommits(alice.store);
        await assert.rejects(resealer.sealWaiting(bob.pk), /the disk is gone/);
        end();
        assert.deepEqual([unsealed(), heard()], [[1, 2, 3], ['goes on 1 replaced']]);
        await give(4 + 2);
        await resealer.sealWaiting(bob.pk);
        assert.deepEqual([unsealed(), heard()], [[], ['renew 2', 'ended 1 replaced', 'renew 3', 'wakeup']]);
      });

      it('leaves that one alone when no key is left for it', async () => {
        await give(4 + 1);
        await resealer.sealWaiting(bob.pk);
        assert.deepEqual(
          [unsealed(), heard()],
          [
            [1, 3],
            ['goes on 1 replaced', 'renew 2', 'wakeup'],
          ],
        );
      });
    });
  });
});
