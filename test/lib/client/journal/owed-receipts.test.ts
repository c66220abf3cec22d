import assert from 'node:assert/strict';
import { Tombstones } from '../../../../lib/client/journal/tombstones';
import { OwedReceipts } from '../../../../lib/client/journal/owed-receipts';
import type { WriteBatch } from '../../../../lib/store/store';
import { AgingStore } from '../support/aging-store';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const LIFE = 100;
const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);
const idOf = (n: number) => new Uint8Array(32).fill(n);
const numbers = (of: readonly { messageId: Uint8Array }[]) => of.map(({ messageId }) => messageId[0]);
const receipt = (id: number) => ({ messageId: idOf(id), code: 'ok' as const });

describe('owed receipts', () => {
  let memory: AgingStore;
  let receipts: OwedReceipts;

  beforeEach(() => {
    memory = new AgingStore();
    open();
  });

  function open(): void {
    const { store, ages } = memory;
    receipts = new OwedReceipts({ store, ages, tombstones: new Tombstones({ store, ages }) });
  }

  function restart(): void {
    memory.restart();
    open();
  }

  const write = (change: (writes: WriteBatch) => void) => memory.write(change);
  const owe = (id: number, options: { sent?: boolean; mail?: boolean; to?: Uint8Array } = {}) =>
    write((writes) => {
      const { sent = false, mail = false, to = bob } = options;
      receipts.owe(writes, to, receipt(id), { lifetime: LIFE, sent, mail });
    });
  const confirm = (...ids: number[]) => write((writes) => receipts.confirm(writes, bob, ids.map(idOf)));
  const markSent = (...ids: number[]) => write((writes) => receipts.markSent(writes, bob, ids.map(receipt)));
  const mailed = (...ids: number[]) => write((writes) => receipts.markMailed(writes, bob, ids.map(receipt)));
  const turnUp = (id: number) => write((writes) => receipts.turnedUp(writes, bob, idOf(id)));
  const sweep = () => write((writes) => receipts.expire(writes));
  const due = () => Object.values(receipts.dueTo(bob)).flatMap(numbers);

  it('are owed to the sender with their code until it confirms them, also after a crash', async () => {
    await owe(1);
    await write((writes) => {
      const options = { lifetime: LIFE, sent: false, mail: false };
      receipts.owe(writes, bob, { messageId: idOf(2), code: 'malformed' }, options);
    });
    await owe(1, { to: cat });
    restart();
    assert.deepEqual(receipts.owedTo(bob), [receipt(1), { messageId: idOf(2), code: 'malformed' }]);
    await confirm(1, 9);
    assert.deepEqual([numbers(receipts.owedTo(bob)), numbers(receipts.owedTo(cat))], [[2], [1]]);
    restart();
    assert.deepEqual(numbers(receipts.owedTo(bob)), [2]);
  });

  it('stay for the life of the message and 30 days, each for its own', async () => {
    await owe(1);
    memory.age += 1;
    await owe(2);
    memory.age += LIFE + 30 * DAY - 1;
    await sweep();
    assert.deepEqual(numbers(receipts.owedTo(bob)), [1, 2]);
    memory.age += 1;
    await sweep();
    assert.deepEqual(numbers(receipts.owedTo(bob)), [2]);
  });

  it('of a message that came in two envelopes of one batch are one', async () => {
    const options = { lifetime: LIFE, sent: false, mail: true };
    await write((writes) => {
      for (const sent of [true, false]) receipts.owe(writes, bob, receipt(1), { ...options, sent });
    });
    assert.deepEqual([receipts.countOf(bob), receipts.dueCount(bob)], [1, 1]);
    assert.equal(receipts.wasSent(bob, idOf(1)), true);
    await write((writes) => {
      for (let i = 0; i < 2; i += 1) receipts.drop(writes, bob, idOf(1));
    });
    assert.deepEqual([receipts.countOf(bob), receipts.dueCount(bob)], [0, 0]);
  });

  describe('that may have left', () => {
    const wasSent = (...ids: number[]) => ids.map((id) => receipts.wasSent(bob, idOf(id)));

    it('are those that went out with the commit, and those of which nothing is known', async () => {
      await owe(1);
      await owe(2, { sent: true });
      assert.deepEqual(wasSent(1, 2, 3), [false, true, true]);
      assert.equal(receipts.wasSent(cat, idOf(1)), true);
    });

    it('are marked before a meeting, for good; nothing is written that was marked before', async () => {
      await owe(1, { mail: true });
      await owe(2, { sent: true });
      assert.equal(await markSent(1, 2, 3), 1);
      restart();
      assert.deepEqual(wasSent(1, 2), [true, true]);
      assert.equal(await markSent(1, 2, 3), 0);
      assert.deepEqual(numbers(receipts.owedTo(bob)), [1, 2], 'none for what is not owed');
      assert.deepEqual(due(), [1], 'mail may carry it all the same');
    });

    it('are so still when the message comes again', async () => {
      await owe(1, { sent: true });
      await owe(2);
      for (const id of [1, 2]) await owe(id, { mail: true });
      assert.deepEqual(wasSent(1, 2), [true, false]);
    });
  });

  describe('by mail', () => {
    it('are due for what came from a node, to its sender, once they are durable', async () => {
      await owe(1, { mail: true });
      await owe(2);
      await owe(3, { to: cat });
      assert.deepEqual([receipts.duePeers(), due()], [[bob], [1]]);
      const writes = memory.store.batch();
      receipts.owe(writes, cat, receipt(4), { lifetime: LIFE, sent: false, mail: true });
      assert.deepEqual(receipts.duePeers(), [bob]);
      await writes.commit();
      assert.deepEqual(receipts.duePeers(), [bob, cat]);
    });

    it('are counted while they are due for the first time, also after a start', async () => {
      for (const id of [1, 2, 3]) await owe(id, { mail: true });
      await owe(4);
      await mailed(1);
      assert.deepEqual([receipts.dueCount(bob), receipts.countOf(bob), receipts.dueCount(cat)], [2, 4, 0]);
      await confirm(2);
      restart();
      assert.deepEqual([receipts.dueCount(bob), receipts.countOf(bob)], [1, 3]);
      await mailed(3);
      assert.equal(receipts.dueCount(bob), 0);
    });

    it('name the last key that opened the message', async () => {
      const { store, ages } = memory;
      const tombstones = new Tombstones({ store, ages });
      const message = { sender: bob, messageId: idOf(1), storageId: idOf(9), code: 'ok' } as const;
      await write((writes) => {
        tombstones.add(writes, new Uint8Array(16).fill(1), { ...message, preKeyId: 0x101 }, LIFE);
        tombstones.add(writes, new Uint8Array(16).fill(2), { ...message, preKeyId: 0x102 }, LIFE);
      });
      await owe(1, { mail: true });
      assert.deepEqual(receipts.dueTo(bob).first, [{ ...receipt(1), preKeyId: 0x102 }]);
    });

    it('are due after a start to those alone to whom they were before', async () => {
      await owe(1, { mail: true, to: cat });
      await owe(2, { mail: true });
      await mailed(2);
      await owe(3, { to: new Uint8Array(32).fill(3) });
      restart();
      assert.deepEqual(receipts.duePeers(), [cat]);
      assert.deepEqual(numbers(receipts.dueTo(cat).first), [1]);
    });

    it('are due no more, but owed, when mail carries them; none is that was confirmed before', async () => {
      await owe(1, { mail: true });
      await owe(2, { mail: true });
      await confirm(2);
      await mailed(1, 2);
      assert.deepEqual([due(), receipts.duePeers()], [[], []]);
      assert.deepEqual(numbers(receipts.owedTo(bob)), [1]);
      assert.equal(receipts.wasSent(bob, idOf(1)), true);
    });

    it('are due again when the message turns up 12 hours after the mail, not before', async () => {
      await owe(1, { mail: true });
      memory.age += DAY;
      await mailed(1);
      assert.deepEqual([due(), receipts.duePeers()], [[], []]);
      memory.age += 12 * HOUR - 1;
      assert.equal(await turnUp(1), 0);
      assert.deepEqual(receipts.duePeers(), []);
      memory.age += 1;
      await turnUp(1);
      assert.deepEqual([due(), receipts.duePeers()], [[1], [bob]]);
      assert.equal(receipts.wasSent(bob, idOf(1)), true);
      await mailed(1);
      memory.age += 12 * HOUR - 1;
      assert.equal(await turnUp(1), 0);
    });

    it('are due again three times at most, apart from those that are due for the first time', async () => {
      await owe(1, { mail: true });
      await mailed(1);
      for (let repeat = 0; repeat < 3; repeat += 1) {
        memory.age += 12 * HOUR;
        await turnUp(1);
        assert.deepEqual([due(), receipts.dueCount(bob)], [[1], 0], `${repeat}`);
        restart();
        assert.deepEqual(receipts.dueTo(bob), { first: [], again: [{ ...receipt(1), preKeyId: undefined }] });
        assert.deepEqual([receipts.duePeers(), receipts.dueCount(bob)], [[bob], 0]);
        await mailed(1);
      }
      memory.age += DAY;
      assert.equal(await turnUp(1), 0);
      assert.deepEqual([due(), receipts.duePeers()], [[], []]);
    });

    it('are due at once when a message turns up whose receipt was never mailed, if one is owed', async () => {
      await owe(1, { sent: true });
      await turnUp(1);
      assert.deepEqual([due(), receipts.duePeers()], [[1], [bob]]);
      assert.equal(await turnUp(1), 0, 'it is due already');
      assert.equal(await turnUp(2), 0);
      assert.deepEqual(numbers(receipts.owedTo(bob)), [1]);
    });
  });
});
