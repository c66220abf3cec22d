import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import { ENVELOPE_SIZES } from '../../protocol/envelope/envelope';
import type { NewMail } from '../../storage/message-engine';
import { hasCode } from '../has-code';
import { bob, carol, type EngineTest, ids, idsOf } from './engine-under-test';
import { bytesOf, mail } from './sample-mail';

/** What lies in a mailbox, and in which order it is listed. */
export function mailboxTests(test: EngineTest): void {
  test('gives back the envelope it was given, byte for byte', async (under) => {
    for (const size of ENVELOPE_SIZES) {
      const stored = await under.put(`of ${size}`, { size });
      const found = await under.engine.get(bob, stored.storageId);
      assert.deepEqual(Buffer.from(found?.envelope ?? []), Buffer.from(stored.envelope));
      assert.deepEqual(Buffer.from(found?.tag ?? []), Buffer.from(stored.envelope.slice(33, 49)));
      assert.equal(found?.remaining, 100);
      assert.equal(found.age, 0);
    }
  });

  test('renews and deletes an envelope of each size, also after a restart', async (under) => {
    const stored: NewMail[] = [];
    for (const size of ENVELOPE_SIZES) stored.push(await under.put(`of ${size}`, { size }));
    await under.reopen();
    for (const { storageId, envelope } of stored) {
      assert.deepEqual(await under.engine.renew(bob, storageId, 200), { remaining: 200 });
      const found = await under.engine.get(bob, storageId);
      assert.deepEqual(Buffer.from(found?.envelope ?? []), Buffer.from(envelope));
      assert.equal(await under.engine.delete(bob, storageId), true);
      assert.equal(await under.engine.get(bob, storageId), undefined);
    }
    assert.deepEqual(under.engine.total(), { messages: 0, bytes: 0 });
  });

  test('finds mail only in its own mailbox', async (under) => {
    const stored = await under.put('one');
    assert.equal(await under.engine.get(carol, stored.storageId), undefined);
    assert.equal(await under.engine.delete(carol, stored.storageId), false);
    assert.equal(await under.engine.renew(carol, stored.storageId, 10), undefined);
    assert.deepEqual((await under.listed(carol)).items, []);
  });

  test('refuses an envelope that names another mailbox', async (under) => {
    await assert.rejects(under.engine.put({ ...mail('one'), mailbox: carol }), hasCode('ErrInvalidArgument'));
    assert.equal(under.engine.total().messages, 0);
  });

  test('stores an envelope once, also when both arrive at once, and changes nothing the second time', async (under) => {
    const results = await Promise.all([under.engine.put(mail('one')), under.engine.put(mail('one'))]);
    assert.deepEqual(results, ['stored', 'known']);
    const { storageId } = mail('one');
    assert.equal(await under.engine.put({ ...mail('one'), keepSeconds: 500 }), 'known');
    assert.equal((await under.engine.get(bob, storageId))?.remaining, 100);
    assert.deepEqual(under.engine.total(), { messages: 1, bytes: 287 });
    assert.equal((await under.listed()).items.length, 1);
  });

  test('tells every listener of a mailbox in which mail arrived, until it is ended', async (under) => {
    const heard: string[] = [];
    const end = under.engine.onMail((mailbox) => heard.push(toHex(mailbox)));
    await under.put('one');
    await under.put('two', { to: 'carol' });
    assert.deepEqual([...new Set(heard)], [toHex(bob), toHex(carol)]);
    end();
    await under.put('three', { to: 'mallory' });
    assert.equal(heard.includes(toHex(bytesOf('mallory'))), false);
  });

  test('says that it works', async (under) => {
    await under.put('one');
    const told: string[] = [];
    const end = under.engine.onHealth(() => told.push(under.engine.health().state));
    assert.deepEqual(under.engine.health(), { state: 'ok' });
    await under.put('two');
    end();
    assert.deepEqual(told, []);
  });

  test('lists a mailbox in the order of arrival, page by page', async (under) => {
    const stored: NewMail[] = [];
    for (let n = 0; n < 7; n++) {
      stored.push(await under.put(`bob ${n}`));
      await under.put(`carol ${n}`, { to: 'carol' });
    }
    const first = await under.listed(bob, 0, 3);
    const second = await under.listed(bob, first.items.at(-1)?.cursor, 3);
    const third = await under.listed(bob, second.items.at(-1)?.cursor, 3);
    assert.deepEqual([first.more, second.more, third.more], [true, true, false]);
    assert.deepEqual([...ids(first), ...ids(second), ...ids(third)], idsOf(...stored));
  });

  test('says that there is no more when a page ends with the last entry', async (under) => {
    await under.put('one');
    await under.put('two');
    assert.equal((await under.listed(bob, 0, 2)).more, false);
  });

  test('keeps the order in which simultaneous puts were called', async (under) => {
    const mails = Array.from({ length: 20 }, (_, n) => mail(`burst ${n}`));
    await Promise.all(mails.map((one) => under.engine.put(one)));
    assert.deepEqual(ids(await under.listed()), idsOf(...mails));
  });

  test('gives an empty page for a cursor beyond every number', async (under) => {
    await under.put('one');
    for (const cursor of [Number.MAX_SAFE_INTEGER, 2 ** 63, 2 ** 64]) {
      assert.deepEqual(await under.listed(bob, cursor), { items: [], more: false });
    }
  });

  test('keeps the place and the cursor of renewed mail', async (under) => {
    const first = await under.put('first');
    const second = await under.put('second');
    const before = await under.listed();
    await under.engine.renew(bob, first.storageId, 500);
    assert.deepEqual(ids(await under.listed()), idsOf(first, second));
    assert.equal((await under.listed()).items[0]?.cursor, before.items[0]?.cursor);
  });

  test('deletes once', async (under) => {
    const { storageId } = await under.put('one');
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

  test('never uses a number twice, not after everything was deleted and not after a restart', async (under) => {
    const { storageId } = await under.put('one');
    const used = (await under.listed()).items[0]?.cursor ?? 0;
    await under.engine.delete(bob, storageId);
    await under.reopen();
    await under.put('two');
    assert.equal((await under.listed(bob, used)).items.length, 1);
  });
}
