import assert from 'node:assert/strict';
import { issuedKeyForm } from '../../../lib/forward-security/compact-keys';
import type { WriteBatch } from '../../../lib/store/store';
import { bareBytes } from '../../../lib/store/record-form';
import { Table } from '../../../lib/store/table';
import { refuseCommits } from '../../support/refusing-commits';
import { DAY, pair, type KeyPeer } from './support/key-peer';

describe('a change of keys that the disk refuses', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('refused'));
    await bob.giveKeys(alice);
  });

  const held = () => alice.fsm.held.held(bob.pk);
  const onDisk = (of: KeyPeer, table: string) => [...new Table(of.store, table, bareBytes).entries()].length;

  async function write(of: KeyPeer, change: (writes: WriteBatch) => unknown): Promise<void> {
    const writes = of.store.batch();
    change(writes);
    await writes.commit();
  }

  async function refused(of: KeyPeer, change: (writes: WriteBatch) => unknown): Promise<void> {
    const end = refuseCommits(of.store);
    await assert.rejects(write(of, change), /the disk is gone/);
    end();
  }

  describe('of those that a friend gave', () => {
    const first = () => {
      const key = alice.fsm.held.next(bob.pk);
      assert.ok(key);
      return key;
    };

    it('deletes what the list has no longer with the next list', async () => {
      const { batch, index } = first();
      const retain = (writes: WriteBatch) =>
        alice.fsm.held.retain(writes, bob.pk, (...key) => key[0] !== batch || key[1] !== index);
      const before = onDisk(alice, 'held-key');
      await refused(alice, retain);
      assert.notEqual(first().index, index, 'its owner says that it is dead');
      assert.equal(onDisk(alice, 'held-key'), before);
      await write(alice, retain);
      assert.deepEqual([onDisk(alice, 'held-key'), held()], [before - 1, before - 1]);
    });

    it('seals nothing else to a key that sealed a message, and deletes it when keys are cleared', async () => {
      const key = first();
      const before = onDisk(alice, 'held-key');
      await refused(alice, (writes) => alice.fsm.held.spend(writes, key));
      assert.notEqual(first().sequence, key.sequence);
      assert.ok(
        [...alice.fsm.held.refs()].includes(key.ref),
        'the vault keeps its secret as long as the disk has its record',
      );
      await write(alice, (writes) => alice.fsm.held.expire(writes));
      assert.deepEqual([onDisk(alice, 'held-key'), held()], [before - 1, before - 1]);
      await alice.vault.settled();
      assert.equal(alice.vault.read(key.ref), undefined);
    });

    it('deletes what expired the next time', async () => {
      alice.age += 400 * DAY;
      const expire = (writes: WriteBatch) => alice.fsm.held.expire(writes);
      await refused(alice, expire);
      await write(alice, expire);
      assert.equal(onDisk(alice, 'held-key'), 0);
    });

    it('keeps those of a friend who could not be removed', async () => {
      const before = held();
      const forget = (writes: WriteBatch) => alice.fsm.held.forget(writes, bob.pk);
      await refused(alice, forget);
      assert.equal(held(), before);
      assert.equal(await bob.read((await alice.send(bob, 'leak')).envelope), 'leak');
      await write(alice, forget);
      assert.deepEqual([onDisk(alice, 'held-key'), held(), alice.fsm.held.knows(bob.pk)], [0, 0, false]);
    });
  });

  describe('of our own', () => {
    /** What the session knows of them, and what a start would. */
    async function agree(): Promise<void> {
      const known = () => ({
        live: bob.fsm.issued.live(alice.pk),
        most: bob.fsm.issued.mostHeld(alice.pk),
        pending: bob.fsm.issued.pending(alice.pk),
      });
      const before = known();
      await bob.crash();
      assert.deepEqual(known(), before);
    }

    const changes: Record<string, (writes: WriteBatch) => unknown> = {
      consumed: (writes) => {
        const [tag] = tags();
        const key = tag && bob.fsm.issued.find(tag);
        assert.ok(key);
        bob.fsm.issued.consume(writes, [key]);
      },
      refused: (writes) => bob.fsm.issued.refuse(writes, alice.pk, waiting()),
      expired: (writes) => {
        bob.age += 400 * DAY;
        bob.fsm.issued.expire(writes);
      },
      forgotten: (writes) => bob.fsm.issued.forget(writes, alice.pk),
    };
    const tags = () =>
      [...new Table(bob.store, 'issued-key', issuedKeyForm).entries()].map(({ record }) => record.tag);
    const waiting = () => bob.fsm.issued.pending(alice.pk)?.batch ?? 0;

    for (const [what, change] of Object.entries(changes)) {
      it(`leaves memory as the disk is: ${what}`, async () => {
        const writes = bob.store.batch();
        await bob.fsm.issued.issue(writes, alice.pk, 3);
        await writes.commit();
        const before = { live: bob.fsm.issued.live(alice.pk) };
        await refused(bob, change);
        assert.deepEqual({ live: bob.fsm.issued.live(alice.pk) }, before);
        await agree();
        // The control: nothing but the disk was in the way.
        await write(bob, change);
        assert.notDeepEqual({ live: bob.fsm.issued.live(alice.pk) }, before);
      });
    }
  });
});
