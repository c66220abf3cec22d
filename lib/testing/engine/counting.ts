import assert from 'node:assert/strict';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { alice, bob, carol, type EngineTest, ids, idsOf, mallory } from './engine-under-test';
import { mail } from './sample-mail';

/** Counts, live and through a restart. */
export function countingTests(test: EngineTest): void {
  test('counts by mailbox, by submitter and in all', async (under) => {
    await under.put('a1');
    await under.put('a2', { size: 543 });
    await under.put('a3', { to: 'carol' });
    const last = await under.put('m1', { from: 'mallory' });
    assert.equal(under.engine.countInMailbox(bob, alice), 2);
    assert.equal(under.engine.countInMailbox(bob, mallory), 1);
    assert.equal(under.engine.countInMailbox(bob), 3);
    assert.equal(under.engine.countInMailbox(carol, mallory), 0);
    assert.deepEqual(under.engine.bytesOfSubmitter(alice), { messages: 3, bytes: 287 + 543 + 287 });
    assert.deepEqual(under.engine.total(), { messages: 4, bytes: 3 * 287 + 543 });
    assert.equal((await under.engine.stats()).mailboxes, 2);
    await under.engine.delete(bob, last.storageId);
    assert.equal(under.engine.countInMailbox(bob, mallory), 0);
    assert.deepEqual(under.engine.bytesOfSubmitter(mallory), { messages: 0, bytes: 0 });
  });

  test('counts the chunks of large messages by submitter, in one mailbox and in all', async (under) => {
    const size = CHUNK_ENVELOPE_BYTES;
    await under.put('text');
    await under.put('c1', { size });
    const { storageId } = await under.put('c2', { size });
    await under.put('c3', { size, to: 'carol' });
    await under.put('m1', { size, from: 'mallory' });
    const counts = () => {
      const { engine } = under;
      return [engine.countChunks(alice, bob), engine.countChunks(alice), engine.countChunks(mallory, carol)];
    };
    assert.deepEqual(counts(), [2, 3, 0]);
    const put = under.engine.put(mail('c4', { size }));
    assert.deepEqual(counts(), [3, 4, 0]);
    await put;
    await under.reopen();
    assert.deepEqual(counts(), [3, 4, 0]);
    await under.engine.delete(bob, storageId);
    assert.deepEqual(counts(), [2, 3, 0]);
  });

  test('counts a put from the moment of its call and takes it back when it fails', async (under) => {
    const first = under.engine.put(mail('one'));
    const second = under.engine.put(mail('one'));
    assert.equal(under.engine.countInMailbox(bob, alice), 2);
    assert.deepEqual(under.engine.bytesOfSubmitter(alice), { messages: 2, bytes: 574 });
    assert.equal(under.engine.total().messages, 2);
    await Promise.allSettled([first, second]);
    assert.equal(under.engine.countInMailbox(bob, alice), 1);
    assert.equal(under.engine.total().messages, 1);
  });

  test('tells the age of the record that was stored first', async (under) => {
    const { storageId } = await under.put('one');
    under.advance(5);
    await under.put('two');
    under.advance(5);
    assert.equal((await under.engine.stats()).oldestAge, 10);
    await under.engine.delete(bob, storageId);
    assert.equal((await under.engine.stats()).oldestAge, 5);
  });

  test('has everything again after a restart: mail, order, times and counts', async (under) => {
    const mails = [
      await under.put('one'),
      await under.put('two', { from: 'mallory' }),
      await under.put('three'),
    ];
    await under.put('elsewhere', { to: 'carol', keepSeconds: 10 });
    under.advance(10);
    await under.reopen();
    assert.deepEqual(ids(await under.listed()), idsOf(...mails));
    assert.equal((await under.listed()).items[0]?.age, 10);
    assert.equal(under.engine.countInMailbox(bob, alice), 2);
    assert.equal(under.engine.countInMailbox(bob), 3);
    assert.deepEqual(under.engine.bytesOfSubmitter(mallory), { messages: 1, bytes: 287 });
    assert.deepEqual(await under.engine.stats(), {
      messages: 4,
      bytes: 4 * 287,
      mailboxes: 2,
      oldestAge: 10,
    });
    assert.equal(await under.engine.expire(10), 1);
    assert.equal((await under.engine.stats()).mailboxes, 1);
  });
}
