import assert from 'node:assert/strict';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { bytesOf, storageIdOfBytes } from '../../../lib/testing/engine/sample-mail';
import { alice, bob, carol, crypto, envelopeTo, mallory, openStorage } from './support/storage-fixture';
import { isCode } from '../../support/is-code';

const DAY = 24 * 60 * 60;

describe('message storage', () => {
  it('stores mail for a friend and gives it back to that friend', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'hello');
    const stored = await storage.storeMessage(alice, envelope, 3600);
    assert.deepEqual(stored, {
      code: 'ok',
      storageId: storageIdOfBytes(envelope),
      kept: 3600,
      recipient: bob,
    });
    const { items, more } = await storage.retrieveMessages(bob);
    assert.deepEqual([items.length, more], [1, false]);
    const mail = await storage.getMessage(bob, stored.storageId);
    assert.deepEqual(mail.envelope, envelope);
  });

  it('keeps mail for at most 24 h, however long the message lives', async () => {
    const { storage, time } = openStorage();
    const { kept, storageId } = await storage.storeMessage(alice, envelopeTo(bob, 'long'), 14 * DAY);
    assert.equal(kept, DAY);
    await time.advance((DAY - 1) * 1000);
    assert.equal((await storage.getMessage(bob, storageId)).remaining, 1);
    await time.advance(1000);
    await assert.rejects(storage.getMessage(bob, storageId), isCode('ErrMessageNotFound'));
  });

  it('does not keep mail longer than its message lives', async () => {
    const { storage, time } = openStorage();
    const { kept } = await storage.storeMessage(alice, envelopeTo(bob, 'short'), 60);
    assert.equal(kept, 60);
    await time.advance(60_000);
    assert.deepEqual((await storage.retrieveMessages(bob)).items, []);
  });

  it('answers "known" to a further deposit, keeps one record and restarts its time and age', async () => {
    const { storage, time } = openStorage();
    const envelope = envelopeTo(bob, 'again');
    await storage.storeMessage(alice, envelope, DAY);
    await time.advance(DAY * 500);
    const again = await storage.storeMessage(carol, envelope, 2 * DAY);
    assert.deepEqual([again.code, again.kept], ['known', DAY]);
    const { items } = await storage.retrieveMessages(bob);
    assert.deepEqual([items.length, items[0]?.age], [1, 0]);
    assert.equal(storage.getStorageStats().totalMessages, 1);
  });

  it('never shortens the keeping time by a further deposit', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'again');
    await storage.storeMessage(alice, envelope, 1000);
    assert.equal((await storage.storeMessage(alice, envelope, 10)).kept, 1000);
  });

  it('makes one record of deposits that arrive at once', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'together');
    const answers = await Promise.all(
      [alice, carol, alice, alice].map((from) => storage.tryStore(from, envelope, 100)),
    );
    assert.deepEqual(
      answers.map((answer) => answer.code),
      ['ok', 'known', 'known', 'known'],
    );
    assert.equal(storage.getStorageStats().totalMessages, 1);
  });

  it('tells a mailbox of nobody it knows from one of a friend, and follows the list of friends', async () => {
    const { storage } = openStorage({ friends: [alice] });
    const envelope = envelopeTo(bob, 'hello');
    await assert.rejects(storage.storeMessage(alice, envelope, 100), isCode('ErrInvalidRecipient'));
    storage.setFriends([alice, bob]);
    await storage.storeMessage(alice, envelope, 100);
    storage.setFriends([alice]);
    assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'later'), 100)).code, 'no-mailbox');
    assert.equal(storage.countWaiting(bob), 1);
  });

  it('gives nobody the mail of another', async () => {
    const { storage } = openStorage();
    const { storageId } = await storage.storeMessage(alice, envelopeTo(bob, 'private'), 100);
    assert.deepEqual((await storage.retrieveMessages(mallory)).items, []);
    await assert.rejects(storage.getMessage(mallory, storageId), isCode('ErrMessageNotFound'));
    await assert.rejects(storage.deleteMessage(storageId, mallory), isCode('ErrMessageNotFound'));
    assert.equal(storage.countWaiting(bob), 1);
    await storage.deleteMessage(storageId, bob);
    assert.equal(storage.countWaiting(bob), 0);
  });

  it('tells how much mail in a mailbox is of one submitter', async () => {
    const { storage } = openStorage();
    for (const text of ['one', 'two']) await storage.storeMessage(alice, envelopeTo(bob, text), 100);
    await storage.storeMessage(carol, envelopeTo(bob, 'three'), 100);
    assert.deepEqual(
      [undefined, alice, carol, mallory].map((submitter) => storage.countWaiting(bob, submitter)),
      [3, 2, 1, 0],
    );
  });

  it('pages through a mailbox with a cursor', async () => {
    const { storage } = openStorage();
    for (let n = 0; n < 5; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 100);
    const first = await storage.retrieveMessages(bob, 0, 3);
    const rest = await storage.retrieveMessages(bob, first.items.at(-1)?.cursor);
    assert.deepEqual([first.items.length, first.more, rest.items.length, rest.more], [3, true, 2, false]);
  });

  it('refuses a recipient that is no public key', async () => {
    const { storage } = openStorage();
    await assert.rejects(storage.retrieveMessages(bob.slice(1)), isCode('ErrInvalidRecipient'));
  });

  it('keeps no name of a submitter on the disk, and another mark after each start', async () => {
    const marks: string[] = [];
    const volume = new MemoryVolume();
    const engine = openLocalEngine({ crypto, store: openMemoryStore(volume), ages: { now: () => 0 } });
    const put = engine.put.bind(engine);
    engine.put = (mail) => {
      marks.push(Buffer.from(mail.submitter).toString('hex'));
      return put(mail);
    };
    let under = openStorage({ engine });
    await under.storage.storeMessage(alice, envelopeTo(bob, '1'), 100);
    await under.storage.storeMessage(alice, envelopeTo(carol, '2'), 100);
    under = await under.restart();
    await under.storage.storeMessage(alice, envelopeTo(bob, '3'), 100);
    assert.equal(marks[0], marks[1]);
    assert.notEqual(marks[0], marks[2]);
    assert.equal(marks[0]?.length, 32);
  });

  it('tells what it holds, in messages and bytes, and refusals by reason', async () => {
    const { storage, time, capacity } = openStorage({ room: { messages: 100, bytes: 65_000 } });
    for (let n = 0; n < 10; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 100);
    await time.advance(7000);
    await storage.tryStore(alice, envelopeTo(bytesOf('nobody'), 'x'), 100);
    assert.deepEqual(storage.getStorageStats(), {
      totalMessages: 10,
      bytes: 6500,
      storageCapacity: 100,
      capacityBytes: 65_000,
      utilization: 10,
      refusals: {
        off: 0,
        'bad-request': 0,
        'no-mailbox': 1,
        rate: 0,
        'mailbox-share': 0,
        'node-share': 0,
        'node-full': 0,
      },
    });
    const inEngine = await storage.getEngineStats();
    assert.deepEqual(inEngine, { messages: 10, bytes: 10 * 287, mailboxes: 1, oldestAge: 7 });
    assert.equal(storage.getMaxCapacity(), 100);
    capacity.bytes = 13_000;
    assert.equal(storage.getStorageUtilization(), 50);
    await storage.updateCapacity();
    assert.equal(capacity.updates, 1);
  });
});
