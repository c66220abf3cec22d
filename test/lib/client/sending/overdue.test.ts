import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { Outbox, type OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { Overdue } from '../../../../lib/client/sending/overdue';
import type { Waiting } from '../../../../lib/client/sending/queued-reasons';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { refuseCommits } from '../../../support/refusing-commits';
import { DAY, pair, type KeyPeer } from '../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();

describe('a message whose receipt is late', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let outbox: Outbox;
  let queues: KeyedQueue;
  let overdue: Overdue;
  let told: string[];
  let errors: string[];
  let waiting: Waiting | undefined;

  beforeEach(async () => {
    ({ alice, bob } = await pair('overdue'));
    await bob.giveKeys(alice);
    [told, errors, waiting] = [[], [], undefined];
    open();
  });

  function open(): void {
    const { store, vault, fsm: forwardSecurity } = alice;
    outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    queues = new KeyedQueue();
    overdue = new Overdue(
      {
        store,
        ages: { now: () => alice.age },
        outbox,
        outcomes: {
          overdue: (writes, { messageId }, { nodes, wanted, reason = '', code = '' }) =>
            writes.afterCommit(() =>
              told.push([messageId[0], `${nodes}/${wanted}`, reason, code].join(' ').trim()),
            ),
        },
        reasons: { of: () => waiting },
        queues,
        hooks: { onError: (error) => errors.push(String(error)) },
      },
      { wanted: 3 },
    );
  }

  async function accept(id: number, after?: number, friend = bob): Promise<OutboxEntry> {
    const { ref, secret } = await allocateSlot(alice.vault);
    const fields = { messageId: new Uint8Array(32).fill(id), friend: friend.pk, type: 0, ref };
    const times = { lifetime: DAY, acceptedAt: alice.age, createdAt: 0 };
    const late = after === undefined ? {} : { overdue: { at: alice.age + after, isTold: false } };
    const writes = alice.store.batch();
    const entry = outbox.add(writes, { ...fields, ...times, ...late }, utf8('leak'), secret);
    await writes.commit();
    return entry;
  }

  /** All that are due are looked at, and what follows has happened. */
  async function pass(seconds: number): Promise<void> {
    alice.age += seconds;
    for (const entry of outbox.entries()) overdue.look(entry);
    await queues.idle();
  }

  it('is looked at by the time that its sender gave it, and another one never', async () => {
    const entry = await accept(1, 60);
    assert.equal(overdue.look(entry), alice.age + 60);
    assert.equal(overdue.look(await accept(2)), Infinity);
    await pass(59);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['1 0/3']);
  });

  it('is told once, and as once after a start', async () => {
    await accept(1, 60);
    await pass(60);
    await pass(60);
    assert.equal(overdue.look(outbox.entries()[0] ?? assert.fail()), Infinity);
    const refs = [...outbox.refs()];
    alice.otherRefs = () => refs;
    await alice.crash();
    open();
    await pass(60);
    assert.deepEqual(told, ['1 0/3']);
    assert.equal(outbox.entries().length, 1, 'it goes on');
  });

  it('is told after a start when its time came while the machine was off', async () => {
    await accept(1, 60);
    const refs = [...outbox.refs()];
    alice.otherRefs = () => refs;
    await alice.crash();
    open();
    await pass(3_600);
    assert.deepEqual(told, ['1 0/3']);
  });

  it('is told with the nodes that have it and with what it waits for', async () => {
    const copy = { node: new Uint8Array(32).fill(3), at: 5, kept: 100 };
    const [one, large] = [await accept(1, 60), await accept(2, 60)];
    const writes = alice.store.batch();
    outbox.note(writes, large, { large: { chunks: 2, turnAt: 1 } });
    await writes.commit();
    for (const entry of [one, large]) {
      const noted = alice.store.batch();
      outbox.recordCopies(noted, entry, [copy], entry === large ? 0 : 1);
      await noted.commit();
    }
    waiting = { reason: 'refused', code: 'node-full' };
    await pass(60);
    assert.deepEqual(told, ['1 1/3 refused node-full', '2 0/3 refused node-full']);
  });

  it('shares a batch with the others of its friend that are late', async () => {
    for (const id of [1, 2, 3]) await accept(id, 60);
    await accept(4, 90);
    let batches = 0;
    const batch = alice.store.batch.bind(alice.store);
    alice.store.batch = () => {
      batches += 1;
      return batch();
    };
    await pass(60);
    assert.deepEqual([told, batches], [['1 0/3', '2 0/3', '3 0/3'], 1]);
  });

  it('is not late when it ends while its friend is busy with that', async () => {
    const [ended, set] = [await accept(1, 60), await accept(2, 60)];
    alice.age += 60;
    const busy = queues.run(bob.pk, async () => {
      const writes = alice.store.batch();
      outbox.remove(writes, ended);
      await writes.commit();
    });
    outbox.setAside(set);
    await pass(0);
    await busy;
    assert.deepEqual(told, []);
  });

  it('is told later when the disk refuses to note it', async () => {
    const entry = await accept(1, 60);
    const end = refuseCommits(alice.store);
    await pass(60);
    assert.deepEqual([told, errors], [[], ['Error: the disk is gone']]);
    end();
    assert.equal(overdue.look(entry), alice.age + 5);
    await queues.idle();
    assert.deepEqual(told, ['1 0/3']);
  });
});
