import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { ToxAsyncError } from '../../../../../lib/errors';
import { LargeSender } from '../../support/large-sender';

describe('messages that end early', () => {
  let sender: LargeSender;
  let entry: OutboxEntry;

  beforeEach(async () => {
    sender = await LargeSender.open();
    entry = await sender.addSmall('leak');
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  /** @returns how each ended */
  async function end(entries = [entry]): Promise<string[]> {
    const { earlyEnds, alice } = sender;
    const ends = await earlyEnds.prepare(entries.map((each) => ({ entry: each })));
    const writes = alice.store.batch();
    ends.addTo(writes);
    await writes.commit();
    return sender.outcomes.splice(0);
  }

  const keys = () => sender.alice.fsm.getAvailableKeyCount(sender.bob.pk);

  describe('may arrive', () => {
    it('not while no part of them left', async () => {
      assert.deepEqual(await end(), ['leak cancelled 0 3']);
    });

    it('once their envelope was asked for', async () => {
      assert.ok(sender.outbox.envelope(entry));
      assert.deepEqual(await end(), ['leak cancelled true 0']);
    });

    it('when an ordinary client was offered them', async () => {
      sender.wasOffered = true;
      assert.deepEqual(await end(), ['leak cancelled true 0']);
    });

    it('after a start, when they had an envelope', async () => {
      await sender.restart();
      assert.deepEqual(await end([sender.entry('leak')]), ['leak cancelled true 0']);
    });

    it('after a start, without one, when their friend may have an ordinary client', async () => {
      while (keys() > 0) await sender.addSmall('s');
      await sender.addSmall('waits');
      await sender.restart();
      const { alice, bob } = sender;
      assert.deepEqual(await end([sender.entry('waits')]), ['waits cancelled 0 3']);
      await sender.addSmall('another');
      const writes = alice.store.batch();
      alice.fsm.held.forget(writes, bob.pk);
      await writes.commit();
      await sender.restart();
      assert.deepEqual(await end([sender.entry('another')]), ['another cancelled true 0']);
    });
  });

  describe('give the key', () => {
    it('of what never left to the next message, which its owner opens', async () => {
      const [key, before] = [entry.sealed?.preKeyId, keys()];
      await end();
      assert.equal(keys(), before + 1);
      const next = await sender.addSmall('next');
      assert.deepEqual([next.sealed?.preKeyId, keys()], [key, before]);
      const opened = await sender.bob.fsm.decryptForwardSecureMessage(
        sender.outbox.envelope(next) ?? new Uint8Array(),
      );
      assert.deepEqual(opened.messageId, next.messageId);
    });

    it('in the order in which keys are spent, also after a start', async () => {
      const others = [await sender.addSmall('b'), await sender.addSmall('c')];
      const spent = [entry, ...others].map(({ sealed }) => sealed?.preKeyId);
      await end([...others, entry]);
      await sender.restart();
      const again: unknown[] = [];
      for (const name of ['x', 'y', 'z']) again.push((await sender.addSmall(name)).sealed?.preKeyId);
      assert.deepEqual(again, spent);
    });

    it('to a message that waits for one', async () => {
      while (keys() > 0) await sender.addSmall('s');
      const waiting = await sender.addSmall('waits');
      await sender.pass(1);
      assert.equal(waiting.sealed, undefined);
      await end();
      await sender.pass(1);
      assert.ok(waiting.sealed);
    });

    it('never when a byte may have left', async () => {
      const before = keys();
      sender.outbox.envelope(entry);
      await sender.addSmall('earlier');
      await sender.restart();
      await end([sender.entry('leak'), sender.entry('earlier')]);
      assert.equal(keys(), before - 1);
    });

    it('only with the batch that ends them', async () => {
      const { earlyEnds, alice, outbox } = sender;
      const before = keys();
      const discard = alice.vault.discard.bind(alice.vault);
      const discarded: unknown[] = [];
      alice.vault.discard = (refs) => {
        discarded.push(...refs);
        discard(refs);
      };
      const ends = await earlyEnds.prepare([{ entry }]);
      ends.addTo(alice.store.batch());
      ends.undo();
      assert.deepEqual([keys(), outbox.has(entry)], [before, true]);
      assert.equal(discarded.length, 1, 'the slot of the key that stays away');
      await end();
      assert.equal(keys(), before + 1, 'it has not left yet');
    });

    it('unless the vault has no place for it: they end all the same', async () => {
      const before = keys();
      sender.alice.vault.allocate = () => Promise.reject(new ToxAsyncError('ErrLocalStorageFull', 'no room'));
      assert.deepEqual(await end(), ['leak cancelled 0 3']);
      assert.equal(keys(), before);
    });

    it('never when its owner called it dead before', async () => {
      const { queues, resealer, alice, bob } = sender;
      await queues.run(bob.pk, () => resealer.applyState(bob.pk, new Map()));
      assert.deepEqual([entry.sealed, alice.fsm.held.held(bob.pk)], [undefined, 0]);
      assert.deepEqual(await end(), ['leak cancelled 0 3']);
      assert.equal(alice.fsm.held.held(bob.pk), 0);
    });
  });

  it('wipe the secret of a key once its envelope leaves', async () => {
    const drawn = sender.outbox.unsentKey(entry);
    assert.ok(drawn?.keySecret.some((byte) => byte !== 0));
    sender.outbox.envelope(entry);
    assert.deepEqual([drawn?.keySecret, sender.outbox.unsentKey(entry)], [new Uint8Array(32), undefined]);
  });

  it('say why, when they ended for another', async () => {
    const ends = await sender.earlyEnds.prepare([{ entry, code: 'replaced' }]);
    const writes = sender.alice.store.batch();
    ends.addTo(writes);
    await writes.commit();
    assert.deepEqual(sender.outcomes, ['leak cancelled replaced 0']);
  });
});
