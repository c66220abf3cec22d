import assert from 'node:assert/strict';
import { KeyedQueue } from '../../../../../lib/platform/queues/keyed-queue';
import { DAY } from '../../../forward-security/support/key-peer';
import { idOf, keyOf, MailingPeer, numberOf } from '../../support/mailing-peer';

import type { MailReceipts } from '../../../../../lib/protocol/keys/mail-receipts';

const MINUTE = 60;
/** The messages that a mail of receipts names. */
const named = (mail: MailReceipts | undefined) => mail?.arrived.map(({ idStart }) => numberOf(idStart));

const count = ({ arrived }: MailReceipts) => arrived.length;
const ids = (from: number, many: number) => Array.from({ length: many }, (_, i) => from + i);

describe('the mailer', () => {
  let peer: MailingPeer;

  beforeEach(async () => {
    peer = await MailingPeer.open();
  });

  afterEach(() => peer.mailer.stop());

  describe('of receipts', () => {
    it('seals what is due to one key, tells the stock after it, and counts them as sent', async () => {
      await peer.owe(1, 2);
      await peer.pass(10);
      const both = [1, 2].map((id) => ({ preKeyId: keyOf(id), idStart: idOf(id).slice(0, 4) }));
      assert.deepEqual(peer.mailedReceipts, [{ held: 103, arrived: both, receipts: [] }]);
      assert.deepEqual([peer.stock, peer.due, peer.wakeups], [103, 0, 1]);
      assert.equal(peer.receipts.wasSent(peer.friend.pk, idOf(1)), true);
      assert.deepEqual(peer.mail.entries()[0]?.lifetime, DAY);
      assert.equal(peer.receipts.owedTo(peer.friend.pk).length, 2, 'until a meeting');
    });

    for (const [what, hinder, help] of [
      ['while the friend is here', () => (peer.session = true), () => (peer.session = false)],
      ['while no node could take it', () => (peer.nodes = 0), () => (peer.nodes = 1)],
    ] as const) {
      it(`seals nothing ${what}`, async () => {
        hinder();
        await peer.owe(1);
        await peer.pass(30);
        assert.deepEqual([peer.mailedReceipts, peer.stock, peer.due], [[], 104, 1]);
        help();
        await peer.pass(10);
        assert.equal(peer.mailedReceipts.length, 1);
      });
    }

    it('seals nothing when the friend came before its turn in the queue', async () => {
      await peer.owe(1);
      let release = () => {};
      void peer.queues.run(peer.friend.pk, () => new Promise<void>((resolve) => (release = resolve)));
      peer.sleep(10);
      await peer.keys.time.advance(10_000);
      peer.session = true;
      release();
      await peer.queues.idle();
      assert.deepEqual([peer.mail.entries(), peer.stock, peer.due], [[], 104, 1]);
    });

    it('uses none of the last four keys', async () => {
      await peer.keep(5);
      await peer.owe(1);
      await peer.pass(10);
      assert.equal(peer.mailedReceipts.length, 1);
      await peer.owe(2);
      await peer.pass(20 * MINUTE);
      assert.deepEqual([peer.mailedReceipts.length, peer.due], [1, 1]);
    });

    it('mails them to a friend once in ten minutes', async () => {
      await peer.owe(1);
      await peer.pass(10);
      await peer.owe(2);
      await peer.pass(10 * MINUTE - 10);
      assert.equal(peer.mailedReceipts.length, 1);
      await peer.pass(10);
      assert.deepEqual(peer.mailedReceipts.map(named), [[1], [2]]);
    });

    it('mails once a minute while more than 200 are due, as many as one mail has room for', async () => {
      await peer.owe(...ids(1, 200));
      await peer.pass(10);
      assert.deepEqual([peer.mailedReceipts.map(count), peer.due], [[200], 0]);
      await peer.owe(...ids(201, 200));
      await peer.pass(2 * MINUTE);
      assert.deepEqual([peer.mailedReceipts.map(count), peer.due], [[200], 200], '200 are not many');
      await peer.owe(...ids(401, 500));
      await peer.pass(10);
      assert.deepEqual([peer.mailedReceipts.map(count), peer.due], [[200, 310], 390]);
      await peer.pass(MINUTE - 10);
      assert.equal(peer.mailedReceipts.length, 2);
      await peer.pass(10);
      assert.deepEqual([peer.mailedReceipts.map(count), peer.due], [[200, 310, 310], 80]);
      await peer.pass(10 * MINUTE - 10);
      assert.equal(peer.mailedReceipts.length, 3);
      await peer.pass(10);
      assert.deepEqual([peer.mailedReceipts.map(count), peer.due], [[200, 310, 310, 80], 0]);
      const all = peer.mailedReceipts.flatMap(named);
      assert.equal(new Set(all).size, 900, 'each once');
    });

    describe('that turn up again', () => {
      const HALF_DAY = DAY / 2;

      /** 96 receipts that mail carried twelve hours ago, in one mail. */
      async function mailedLongAgo(): Promise<void> {
        await peer.owe(...ids(1, 96));
        await peer.pass(10);
        assert.deepEqual([peer.stock, peer.due], [103, 0]);
        peer.sleep(HALF_DAY);
      }

      it('cost a key in twelve hours, whatever a node lists every ten minutes', async () => {
        await mailedLongAgo();
        for (let i = 0; i < 27 * 6; i += 1) {
          await peer.turnUp(1 + (i % 96));
          await peer.pass(10 * MINUTE);
        }
        assert.equal(peer.stock, 103 - 3);
      });

      it('cost none more when each was mailed three times again, however long a node goes on', async () => {
        await peer.owe(1);
        await peer.pass(10);
        for (let i = 0; i < 10; i += 1) {
          peer.sleep(HALF_DAY);
          await peer.turnUp(1);
          await peer.pass(20);
        }
        assert.equal(peer.stock, 104 - 1 - 3);
      });

      it('are mailed at once by themselves, as for a friend who deposited again', async () => {
        await mailedLongAgo();
        await peer.turnUp(5);
        await peer.pass(10);
        const again = named(peer.mailedReceipts.at(-1));
        assert.deepEqual([again, peer.stock, peer.due], [[5], 102, 0]);
      });

      it('take a key from no stock under 20, but go along with others', async () => {
        await mailedLongAgo();
        await peer.keep(4 + 19);
        await peer.turnUp(5);
        await peer.pass(20);
        assert.deepEqual([peer.stock, peer.due], [23, 1]);
        await peer.owe(97);
        await peer.pass(10);
        const last = named(peer.mailedReceipts.at(-1));
        assert.deepEqual([last, peer.stock, peer.due], [[97, 5], 22, 0]);
      });

      it('are mailed from a stock of 20', async () => {
        await mailedLongAgo();
        await peer.keep(4 + 20);
        await peer.turnUp(5);
        await peer.pass(10);
        assert.deepEqual([peer.stock, peer.due], [23, 0]);
      });
    });

    describe('that the disk does not give back', () => {
      let reads: number;
      let end: () => void;

      /** Until `end` is called. */
      function refuseReads(): void {
        const lastSealed = peer.mail.lastSealed.bind(peer.mail);
        reads = 0;
        peer.mail.lastSealed = () => {
          reads += 1;
          throw new Error('the disk is gone');
        };
        end = () => (peer.mail.lastSealed = lastSealed);
      }

      it('are looked at again a minute later, after something happened', async () => {
        await peer.owe(1);
        refuseReads();
        await peer.wait(10);
        end();
        assert.deepEqual([reads, peer.errors], [1, ['Error: the disk is gone']]);
        await peer.wait(58);
        assert.deepEqual(peer.mailedReceipts, []);
        await peer.wait(2);
        assert.equal(peer.mailedReceipts.length, 1);
      });

      it('are looked at again a minute later, after their time has come', async () => {
        await peer.owe(1);
        await peer.pass(10);
        await peer.owe(2);
        await peer.pass(20);
        refuseReads();
        await peer.wait(10 * MINUTE - 20);
        end();
        assert.deepEqual([reads, peer.errors], [1, ['Error: the disk is gone']]);
        await peer.wait(58);
        assert.equal(peer.mailedReceipts.length, 1);
        await peer.wait(2);
        assert.equal(peer.mailedReceipts.length, 2);
      });
    });

    it('names what fails, loses none of them, and looks again', async () => {
      await peer.owe(1);
      const { store } = peer.keys;
      const batch = store.batch.bind(store);
      store.batch = () => {
        const writes = batch();
        writes.commit = () => Promise.reject(new Error('the disk is gone'));
        return writes;
      };
      await peer.pass(10);
      store.batch = batch;
      assert.deepEqual([peer.errors, peer.mail.entries(), peer.due], [['Error: the disk is gone'], [], 1]);
      await peer.wait(10);
      assert.equal(peer.mailedReceipts.length, 1);
    });
  });

  describe('of keys', () => {
    it('gives 40 to a friend whose stock is low, but not in the first minute', async () => {
      peer.friendHolds(19);
      await peer.pass(MINUTE - 10);
      assert.deepEqual(peer.mail.entries(), []);
      await peer.pass(10);
      const [keys] = peer.mailedKeys;
      assert.deepEqual([keys?.keys.length, keys?.held, peer.stock], [40, 103, 103]);
      assert.equal(peer.mail.entries()[0]?.lifetime, 7 * DAY);
      assert.deepEqual(peer.mail.entries()[0]?.content, { kind: 'keys', batch: keys?.batch });
      await peer.pass(10 * MINUTE);
      assert.equal(peer.mailedKeys.length, 1, 'one at a time');
      assert.equal(peer.keys.fsm.issued.liveCount(peer.friend.pk), 104 + 40);
    });

    it('gives none to a friend who has enough', async () => {
      peer.friendHolds(28);
      await peer.pass(2 * MINUTE);
      assert.deepEqual(peer.mail.entries(), []);
    });

    it('asks for none while one is left for a message that is not urgent', async () => {
      peer.waits = true;
      await peer.keep(13);
      await peer.pass(2 * MINUTE);
      assert.deepEqual(peer.mail.entries(), []);
      await peer.keep(12);
      await peer.pass(2 * MINUTE);
      assert.equal(peer.mailedKeys.length, 1);
    });

    it('uses the last four keys, too', async () => {
      await peer.keep(1);
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      assert.deepEqual([peer.mailedKeys.length, peer.stock, peer.mailedKeys[0]?.held], [1, 0, 0]);
    });

    it('gives a new batch each time, when the life of the mail is over, and then the newest of three', async () => {
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      const batches: (number | undefined)[] = [];
      for (let i = 0; i < 5; i += 1) {
        const [keys, ...more] = peer.mailedKeys;
        assert.deepEqual([keys?.keys.length, more], [40, []]);
        batches.push(keys?.batch);
        peer.sleep(7 * DAY - 20);
        await peer.pass(10);
        assert.equal(peer.mailedKeys[0]?.batch, keys?.batch, 'not before');
        await peer.pass(10);
      }
      assert.equal(new Set(batches).size, 3);
      assert.deepEqual(batches.slice(2), [batches[2], batches[2], batches[2]]);
    });

    it('drops a mail whose life is over when the friend has enough', async () => {
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      peer.friendHolds(104);
      peer.sleep(7 * DAY);
      await peer.pass(10);
      assert.deepEqual(peer.mail.entries(), []);
    });

    it('deposits a mail that no key is left to replace until the age of 44 days', async () => {
      await peer.keep(1);
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      const [only] = peer.mail.entries();
      assert.ok(only);
      const until = () => only.acceptedAt + only.lifetime - peer.keys.age;
      for (let day = 0; day < 44; day += 1) {
        await peer.write((writes) => peer.mail.expire(writes));
        await peer.pass(10);
        assert.ok(peer.mail.has(only) && until() > 0, `day ${day}`);
        assert.ok(until() <= 7 * DAY);
        peer.sleep(DAY - 10);
      }
      assert.equal(only.lifetime, 44 * DAY);
      await peer.write((writes) => peer.mail.expire(writes));
      assert.deepEqual(peer.mail.entries(), []);
    });

    it('drops mail whose batch was acknowledged', async () => {
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      const [first] = peer.mailedKeys;
      assert.ok(first);
      await peer.write((writes) =>
        peer.keys.fsm.issued.acknowledgeMailed(writes, peer.friend.pk, first.batch),
      );
      await peer.pass(10);
      assert.deepEqual(peer.mail.entries(), []);
    });

    it('gives none for a day to a friend who refused them', async () => {
      peer.friendHolds(19);
      await peer.pass(MINUTE);
      const [first] = peer.mail.entries();
      assert.ok(first);
      await peer.write((writes) => {
        peer.mail.answered(writes, peer.friend.pk, first.messageId, false);
        if (first.content.kind === 'keys')
          peer.keys.fsm.issued.refuse(writes, peer.friend.pk, first.content.batch);
      });
      peer.sleep(DAY - 20);
      await peer.pass(10);
      assert.deepEqual(peer.mail.entries(), []);
      await peer.pass(10);
      assert.equal(peer.mailedKeys.length, 1);
    });
  });

  describe('that asks for keys', () => {
    beforeEach(async () => {
      peer.waits = true;
      await peer.keep(2);
      await peer.pass(MINUTE);
    });

    it('carries a new batch although the friend has enough, and does so once a day', async () => {
      const [first] = peer.mailedKeys;
      assert.deepEqual([first?.keys.length, first?.held], [40, 1]);
      peer.sleep(DAY - 20);
      await peer.pass(10);
      assert.deepEqual(peer.mailedKeys, [first]);
      await peer.pass(10);
      const [second, ...more] = peer.mailedKeys;
      assert.deepEqual([second?.keys.length, second?.held, more], [40, 0, []], 'in place of the first');
      assert.notEqual(second?.batch, first?.batch);
    });

    it('lets the last that it could seal be under way as long as it lives', async () => {
      peer.sleep(DAY);
      await peer.pass(10);
      const [last] = peer.mail.entries();
      assert.equal(peer.stock, 0);
      peer.sleep(DAY);
      await peer.pass(MINUTE);
      assert.deepEqual(peer.mail.entries(), [last]);
    });

    it('lets it be, too, while no node could take another', async () => {
      const [first] = peer.mail.entries();
      peer.nodes = 0;
      peer.sleep(DAY);
      await peer.pass(10);
      assert.deepEqual(peer.mail.entries(), [first]);
      peer.nodes = 1;
      await peer.pass(10);
      assert.equal(peer.mail.entries().length, 1);
      assert.notDeepEqual(peer.mail.entries(), [first]);
    });

    it('does so no more when nothing waits; a receipt may wait as well as a message', async () => {
      const [first] = peer.mail.entries();
      peer.waits = false;
      peer.sleep(DAY);
      await peer.pass(10);
      assert.deepEqual(peer.mail.entries(), [first]);
      await peer.owe(1);
      await peer.pass(10);
      assert.notDeepEqual(peer.mail.entries(), [first]);
    });
  });

  it('leaves the queue of a friend alone while nothing is due', async () => {
    await peer.pass(MINUTE);
    const asked: Uint8Array[] = [];
    peer.queues.run = (key, task) => {
      asked.push(key);
      return new KeyedQueue().run(key, task);
    };
    await peer.pass(5 * MINUTE);
    assert.deepEqual(asked, []);
    await peer.owe(1);
    await peer.pass(10);
    assert.ok(asked.length > 0);
  });

  it('does nothing after its stop', async () => {
    await peer.owe(1);
    peer.friendHolds(19);
    peer.mailer.stop();
    assert.equal(peer.keys.time.pendingTimers, 0);
    await peer.pass(2 * MINUTE);
    assert.deepEqual([peer.mail.entries(), peer.wakeups], [[], 0]);
  });
});
