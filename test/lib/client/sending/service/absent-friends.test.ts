import assert from 'node:assert/strict';
import { DAY } from '../../../forward-security/support/key-peer';
import { idOf, MailingPeer } from '../../support/mailing-peer';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

describe('the mailer', () => {
  let peer: MailingPeer;

  beforeEach(async () => {
    peer = await MailingPeer.open();
  });

  afterEach(() => peer.mailer.stop());

  describe('looks at a friend', () => {
    it('never while the friend is away and nothing happens', async () => {
      await peer.pass(20);
      peer.looks = 0;
      await peer.wait(3 * HOUR);
      assert.equal(peer.looks, 0);
    });

    for (const [what, happens] of [
      ['something was done in the queue', () => peer.queues.run(peer.friend.pk, () => undefined)],
      ['a receipt was owed', () => peer.owe(1)],
      ['a node listed mail whose receipt only a meeting was to give', () => peer.turnUp(2)],
      ['the friend left, or a way to the friend changed', () => peer.happens()],
      ['a node came or went', () => peer.happens('all')],
      ['it was stopped and started again', () => peer.restart()],
    ] as const) {
      it(`10 s after ${what}`, async () => {
        await peer.write((writes) => {
          const options = { lifetime: DAY, sent: false, mail: false };
          peer.receipts.owe(writes, peer.friend.pk, { messageId: idOf(2), code: 'ok' }, options);
        });
        await peer.pass(20);
        peer.looks = 0;
        await happens();
        await peer.wait(8);
        const early = peer.looks;
        await peer.wait(2);
        assert.ok(peer.looks > early);
      });
    }

    it('10 s after the machine slept for a while', async () => {
      await peer.owe(1);
      await peer.pass(20);
      await peer.owe(2);
      await peer.pass(20);
      assert.equal(peer.mailedReceipts.length, 1, 'the second mail is for later');
      peer.sleep(600);
      await peer.wait(75);
      assert.equal(peer.mailedReceipts.length, 2);
    });

    it('when half of the life of its keys is over, though nothing happens', async () => {
      peer = await MailingPeer.open({ maxPreKeyAge: HOUR });
      await peer.pass(HOUR / 2 - 20);
      assert.deepEqual(peer.mailedKeys, []);
      await peer.wait(60);
      assert.equal(peer.mailedKeys.length, 1);
    });

    it('when the friend may have keys again, though nothing happens', async () => {
      peer.keys.fsm.issued.noteHeld(peer.friend.pk, 19);
      await peer.spendBudget();
      await peer.pass(2 * MINUTE);
      assert.deepEqual(peer.mailedKeys, []);
      await peer.wait(2 * MINUTE);
      assert.equal(peer.mailedKeys.length, 1);
    });
  });

  describe('remembers nothing of a friend', () => {
    beforeEach(async () => {
      peer.friendHolds(19);
      await peer.pass(30);
      assert.equal(peer.mailer.size, 1, 'keys are due when a minute is over');
    });

    for (const [what, happens] of [
      [
        'who is here',
        () => {
          peer.session = true;
          peer.happens();
        },
      ],
      ['who was removed', () => peer.mailer.forget(peer.friend.pk)],
      ['after its stop', () => peer.mailer.stop()],
    ] as const) {
      it(what, async () => {
        happens();
        assert.equal(peer.mailer.size, 0);
        await peer.wait(2 * MINUTE);
        assert.deepEqual([peer.mailer.size, peer.mailedKeys], [0, []]);
      });
    }

    it('who came while it was about to look', async () => {
      peer.happens();
      peer.session = true;
      await peer.wait(10);
      assert.deepEqual([peer.mailer.size, peer.keys.time.pendingTimers], [0, 1]);
      await peer.wait(MINUTE);
      assert.equal(peer.keys.time.pendingTimers, 0);
    });

    it('whose removal leaves work in the queue', async () => {
      const { issued, held } = peer.keys.fsm;
      await peer.queues.run(peer.friend.pk, () =>
        peer.write((writes) => {
          for (const part of [issued, held, peer.mail, peer.receipts]) part.forget(writes, peer.friend.pk);
        }),
      );
      peer.mailer.forget(peer.friend.pk);
      await peer.queues.run(peer.friend.pk, () => undefined);
      await peer.wait(10);
      assert.equal(peer.mailer.size, 0);
    });
  });
});
