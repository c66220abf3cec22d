import assert from 'node:assert/strict';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { STORAGE_LIMITS } from '../../storage/storage-limits';
import type { MailLimits } from '../../storage/mail-limits';
import type { PutAnswer } from '../../storage/message-engine';
import { alice, bob, type EngineTest } from './engine-under-test';
import { bytesOf, mail } from './sample-mail';

/** Limits that nothing reaches, but for those that a test names. */
export function limitsOf(some: Partial<MailLimits> = {}): MailLimits {
  return {
    perMailbox: 100,
    chunksPerMailbox: 60,
    rules: STORAGE_LIMITS,
    capacity: { messages: 1_000_000, bytes: 1_000_000_000 },
    friends: 4,
    isFriend: true,
    otherFriends: () => [],
    ...some,
  };
}

const count = (answers: readonly PutAnswer[], wanted: PutAnswer) =>
  answers.filter((answer) => answer === wanted).length;

/** Limits hold exactly, however many arrive at once. */
export function limitTests(test: EngineTest): void {
  test('takes no more of one submitter in a mailbox than its limit, of many at once', async (under) => {
    const limits = limitsOf({ perMailbox: 20 });
    const puts = Array.from({ length: 50 }, (_, n) => under.engine.put(mail(`${n}`), limits));
    const answers = await Promise.all(puts);
    assert.deepEqual([count(answers, 'stored'), count(answers, 'mailbox-share')], [20, 30]);
    assert.equal(under.engine.countInMailbox(bob, alice), 20);
    assert.equal(await under.engine.put(mail('m', { from: 'mallory' }), limits), 'stored');
    await under.engine.delete(bob, mail('0').storageId);
    assert.equal(await under.engine.put(mail('again'), limits), 'stored');
    assert.equal(await under.engine.put(mail('too many'), limits), 'mailbox-share');
  });

  test('takes no more chunks of one submitter in a mailbox than their limit', async (under) => {
    const limits = limitsOf({ chunksPerMailbox: 3 });
    const size = CHUNK_ENVELOPE_BYTES;
    const puts = Array.from({ length: 6 }, (_, n) => under.engine.put(mail(`${n}`, { size }), limits));
    const answers = await Promise.all(puts);
    assert.deepEqual([count(answers, 'stored'), count(answers, 'mailbox-share')], [3, 3]);
    assert.equal(await under.engine.put(mail('text'), limits), 'stored');
  });

  test('takes no more of one submitter in all mailboxes than its share', async (under) => {
    // A guaranteed share of 5 of 40 messages (half of them among 4 friends), and a quarter of the rest.
    const limits = limitsOf({ capacity: { messages: 40, bytes: 1_000_000_000 } });
    const puts = Array.from({ length: 30 }, (_, n) =>
      under.engine.put(mail(`${n}`, { to: `recipient ${n % 7}` }), limits),
    );
    const answers = await Promise.all(puts);
    assert.deepEqual([count(answers, 'stored'), count(answers, 'node-share')], [10, 20]);
    assert.equal(under.engine.bytesOfSubmitter(alice).messages, 10);
  });

  test('takes no more in all than its capacity, and keeps the guaranteed share of friends free', async (under) => {
    const words = Array.from({ length: 12 }, (_, n) => `stranger ${n}`);
    const limits = limitsOf({ capacity: { messages: 40, bytes: 1_000_000_000 }, isFriend: false });
    const puts = words.flatMap((from) =>
      Array.from({ length: 4 }, (_, n) => under.engine.put(mail(`${from} ${n}`, { from }), limits)),
    );
    const answers = await Promise.all(puts);
    assert.deepEqual([count(answers, 'stored'), count(answers, 'node-full')], [20, 28]);
    const ofFriend = { ...limits, isFriend: true, otherFriends: () => [bytesOf('carol', 16)] };
    assert.equal(await under.engine.put(mail('friend'), ofFriend), 'stored');
  });

  test('answers a refusal with no trace: nothing counts and nothing is listed', async (under) => {
    const limits = limitsOf({ perMailbox: 0 });
    assert.equal(await under.engine.put(mail('one'), limits), 'mailbox-share');
    assert.deepEqual(under.engine.total(), { messages: 0, bytes: 0 });
    assert.deepEqual((await under.listed()).items, []);
  });
}
