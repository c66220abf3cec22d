import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import type { MailPage, MessageEngine, NewMail } from '../../../../lib/storage/message-engine';
import { bytesOf, mail, type MailOptions } from './fixtures';

/** An engine whose time a test moves. */
export interface EngineUnderTest {
  readonly engine: MessageEngine;
  /** Moves the engine's own clock. */
  advance(seconds: number): void;
  /** Closes everything and opens it again, as a restart does. */
  reopen(): Promise<EngineUnderTest>;
  close(): Promise<void>;
}

const bob = bytesOf('bob');
const carol = bytesOf('carol');
const alice = bytesOf('alice', 16);
const mallory = bytesOf('mallory', 16);

/** What every MessageEngine must do. `open` gives an empty one. */
export function messageEngineSuite(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`message engine: ${name}`, () => {
    let under: EngineUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const put = async (word: string, options?: MailOptions): Promise<NewMail> => {
      const stored = mail(word, options);
      await under.engine.put(stored);
      return stored;
    };
    const listed = async (mailbox = bob, cursor = 0, max = 64): Promise<MailPage> =>
      under.engine.page(mailbox, cursor, max);
    const ids = (page: MailPage) => page.items.map((item) => Buffer.from(item.storageId).toString('hex'));
    const idsOf = (...mails: NewMail[]) => mails.map((one) => Buffer.from(one.storageId).toString('hex'));

    it('gives back the envelope it was given, byte for byte', async () => {
      const stored = await put('one', { size: 1534 });
      const found = await under.engine.get(bob, stored.storageId);
      assert.deepEqual(Buffer.from(found?.envelope ?? []), Buffer.from(stored.envelope));
      assert.deepEqual(Buffer.from(found?.tag ?? []), Buffer.from(stored.envelope.slice(33, 49)));
      assert.equal(found?.remaining, 100);
      assert.equal(found.age, 0);
    });

    it('finds mail only in its own mailbox', async () => {
      const stored = await put('one');
      assert.equal(await under.engine.get(carol, stored.storageId), undefined);
      assert.equal(await under.engine.delete(carol, stored.storageId), false);
      assert.equal(await under.engine.renew(carol, stored.storageId, 10), undefined);
      assert.deepEqual((await listed(carol)).items, []);
    });

    it('refuses an envelope that names another mailbox', async () => {
      await assert.rejects(under.engine.put({ ...mail('one'), mailbox: carol }), invalidArgument);
      assert.equal(under.engine.total().messages, 0);
    });

    it('refuses an envelope that lies there already, also when both arrive at once', async () => {
      const results = await Promise.allSettled([
        under.engine.put(mail('one')),
        under.engine.put(mail('one')),
      ]);
      assert.deepEqual(
        results.map((result) => result.status),
        ['fulfilled', 'rejected'],
      );
      await assert.rejects(under.engine.put(mail('one')), invalidArgument);
      assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
      assert.equal((await listed()).items.length, 1);
    });

    it('lists a mailbox in the order of arrival, page by page', async () => {
      const stored: NewMail[] = [];
      for (let n = 0; n < 7; n++) {
        stored.push(await put(`bob ${n}`));
        await put(`carol ${n}`, { to: 'carol' });
      }
      const first = await listed(bob, 0, 3);
      const second = await listed(bob, first.items.at(-1)?.cursor, 3);
      const third = await listed(bob, second.items.at(-1)?.cursor, 3);
      assert.deepEqual([first.more, second.more, third.more], [true, true, false]);
      assert.deepEqual([...ids(first), ...ids(second), ...ids(third)], idsOf(...stored));
    });

    it('says that there is no more when a page ends with the last entry', async () => {
      await put('one');
      await put('two');
      assert.equal((await listed(bob, 0, 2)).more, false);
    });

    it('keeps the order in which simultaneous puts were called', async () => {
      const mails = Array.from({ length: 20 }, (_, n) => mail(`burst ${n}`));
      await Promise.all(mails.map((one) => under.engine.put(one)));
      assert.deepEqual(ids(await listed()), idsOf(...mails));
    });

    it('gives an empty page for a cursor beyond every number', async () => {
      await put('one');
      for (const cursor of [Number.MAX_SAFE_INTEGER, 2 ** 63, 2 ** 64]) {
        assert.deepEqual(await listed(bob, cursor), { items: [], more: false });
      }
    });

    it('counts ages from the deposit', async () => {
      await put('one');
      under.advance(40);
      const [item] = (await listed()).items;
      assert.equal(item?.age, 40);
      assert.equal((await under.engine.get(bob, mail('one').storageId))?.remaining, 60);
    });

    it('shows nothing of mail whose time is over, swept or not', async () => {
      const early = await put('early', { keepSeconds: 10 });
      const late = await put('late', { keepSeconds: 20 });
      under.advance(9);
      assert.deepEqual(ids(await listed()), idsOf(early, late));
      under.advance(1);
      assert.deepEqual(ids(await listed()), idsOf(late));
      assert.equal(await under.engine.get(bob, early.storageId), undefined);
      assert.equal(await under.engine.renew(bob, early.storageId, 100), undefined);
      assert.equal(await under.engine.delete(bob, early.storageId), false);
    });

    it('stores an envelope again after its time, before the sweep as after it', async () => {
      await put('one', { keepSeconds: 10 });
      under.advance(10);
      const again = await put('one', { keepSeconds: 10 });
      assert.deepEqual(ids(await listed()), idsOf(again));
      assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
      assert.equal(await under.engine.expire(10), 0);
    });

    it('renews: a longer time is taken, a shorter one is not, and the age counts anew', async () => {
      const { storageId } = await put('one', { keepSeconds: 100 });
      under.advance(60);
      assert.deepEqual(await under.engine.renew(bob, storageId, 10), { remaining: 40 });
      assert.equal((await under.engine.get(bob, storageId))?.age, 0);
      assert.deepEqual(await under.engine.renew(bob, storageId, 90), { remaining: 90 });
      under.advance(89);
      assert.equal(await under.engine.expire(10), 0);
      assert.equal((await under.engine.get(bob, storageId))?.remaining, 1);
      under.advance(1);
      assert.equal(await under.engine.expire(10), 1);
    });

    it('keeps the place and the cursor of renewed mail', async () => {
      const first = await put('first');
      const second = await put('second');
      const before = await listed();
      await under.engine.renew(bob, first.storageId, 500);
      assert.deepEqual(ids(await listed()), idsOf(first, second));
      assert.equal((await listed()).items[0]?.cursor, before.items[0]?.cursor);
    });

    it('deletes once', async () => {
      const { storageId } = await put('one');
      assert.deepEqual(
        await Promise.all([under.engine.delete(bob, storageId), under.engine.delete(bob, storageId)]),
        [true, false],
      );
      assert.equal(await under.engine.get(bob, storageId), undefined);
      assert.deepEqual(await under.engine.stats(), {
        messages: 0,
        bytes: 0,
        mailboxes: 0,
        oldestAge: undefined,
      });
    });

    it('applies a put and the operations that follow it at once in their order', async () => {
      const one = mail('one', { keepSeconds: 10 });
      const [, renewed, deleted, again] = await Promise.all([
        under.engine.put(one),
        under.engine.renew(bob, one.storageId, 50),
        under.engine.delete(bob, one.storageId),
        under.engine.renew(bob, one.storageId, 50),
      ]);
      assert.deepEqual([renewed, deleted, again], [{ remaining: 50 }, true, undefined]);
      assert.deepEqual(under.engine.total(), { messages: 0, bytes: 0 });
      under.advance(60);
      assert.equal(await under.engine.expire(10), 0);
    });

    it('sweeps what is past its time and nothing else, at most as many as it is told', async () => {
      for (let n = 0; n < 5; n++) await put(`short ${n}`, { keepSeconds: 10, to: n % 2 ? 'bob' : 'carol' });
      const kept = await put('kept', { keepSeconds: 11 });
      under.advance(10);
      assert.equal(under.engine.total().messages, 6);
      assert.equal(await under.engine.expire(3), 3);
      assert.equal(await under.engine.expire(3), 2);
      assert.equal(await under.engine.expire(3), 0);
      assert.deepEqual(ids(await listed()), idsOf(kept));
      assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
    });

    it('does not sweep what was renewed at the same moment', async () => {
      const { storageId } = await put('one', { keepSeconds: 10 });
      under.advance(9);
      const renewal = under.engine.renew(bob, storageId, 50);
      under.advance(1);
      const [renewed, swept] = await Promise.all([renewal, under.engine.expire(10)]);
      // Either came first; the record is there exactly when it was renewed.
      assert.equal(swept, renewed ? 0 : 1);
      assert.equal((await under.engine.get(bob, storageId)) !== undefined, renewed !== undefined);
    });

    it('sweeps and counts once what is deleted at the same moment', async () => {
      const { storageId } = await put('one', { keepSeconds: 10 });
      await put('two');
      under.advance(10);
      const [, swept] = await Promise.all([under.engine.delete(bob, storageId), under.engine.expire(10)]);
      assert.equal(swept, 0);
      assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
    });

    it('counts by mailbox, by submitter and in all', async () => {
      await put('a1');
      await put('a2', { size: 543 });
      await put('a3', { to: 'carol' });
      const last = await put('m1', { from: 'mallory' });
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

    it('counts a put from the moment of its call and takes it back when it fails', async () => {
      const first = under.engine.put(mail('one'));
      const second = under.engine.put(mail('one'));
      assert.equal(under.engine.countInMailbox(bob, alice), 2);
      assert.deepEqual(under.engine.bytesOfSubmitter(alice), { messages: 2, bytes: 574 });
      assert.equal(under.engine.total().messages, 2);
      await Promise.allSettled([first, second]);
      assert.equal(under.engine.countInMailbox(bob, alice), 1);
      assert.equal(under.engine.total().messages, 1);
    });

    it('tells the age of the record that was stored first', async () => {
      const { storageId } = await put('one');
      under.advance(5);
      await put('two');
      under.advance(5);
      assert.equal((await under.engine.stats()).oldestAge, 10);
      await under.engine.delete(bob, storageId);
      assert.equal((await under.engine.stats()).oldestAge, 5);
    });

    it('has everything again after a restart: mail, order, times and counts', async () => {
      const mails = [await put('one'), await put('two', { from: 'mallory' }), await put('three')];
      await put('elsewhere', { to: 'carol', keepSeconds: 10 });
      under.advance(10);
      under = await under.reopen();
      assert.deepEqual(ids(await listed()), idsOf(...mails));
      assert.equal((await listed()).items[0]?.age, 10);
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

    it('never uses a number twice, not after everything was deleted and not after a restart', async () => {
      const { storageId } = await put('one');
      const used = (await listed()).items[0]?.cursor ?? 0;
      await under.engine.delete(bob, storageId);
      under = await under.reopen();
      await put('two');
      assert.equal((await listed(bob, used)).items.length, 1);
    });
  });
}

const invalidArgument = (error: unknown) => ToxAsyncError.is(error, 'ErrInvalidArgument');
