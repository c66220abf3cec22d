import assert from 'node:assert/strict';
import { DAY } from '../../../forward-security/support/key-peer';
import { MailingPeer } from '../../support/mailing-peer';

const MINUTE = 60;

describe('the mailer', () => {
  let peer: MailingPeer;

  beforeEach(async () => {
    peer = await MailingPeer.open();
  });

  afterEach(() => peer.mailer.stop());

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
});
