import assert from 'node:assert/strict';
import { DAY } from '../../../forward-security/support/key-peer';
import { idOf, keyOf, MailingPeer, numberOf } from '../../support/mailing-peer';
import type { MailReceipts } from '../../../../../lib/protocol/keys/mail-receipts';
import { refuseCommits } from '../../../../support/refusing-commits';

const MINUTE = 60;
/** The messages that a mail of receipts names. */
const named = (mail: MailReceipts | undefined) => mail?.arrived.map(({ idStart }) => numberOf(idStart));

const count = ({ arrived }: MailReceipts) => arrived.length;
const ids = (from: number, many: number) => Array.from({ length: many }, (_, i) => from + i);

describe('the mailer of receipts', () => {
  let peer: MailingPeer;

  beforeEach(async () => {
    peer = await MailingPeer.open();
  });

  afterEach(() => peer.mailer.stop());

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
    const endRefusal = refuseCommits(store);
    await peer.pass(10);
    endRefusal();
    assert.deepEqual([peer.errors, peer.mail.entries(), peer.due], [['Error: the disk is gone'], [], 1]);
    await peer.wait(10);
    assert.equal(peer.mailedReceipts.length, 1);
  });
});
