import assert from 'node:assert/strict';
import { KeyedQueue } from '../../../../../lib/platform/queues/keyed-queue';
import { MailingPeer } from '../../support/mailing-peer';

const MINUTE = 60;

describe('the mailer', () => {
  let peer: MailingPeer;

  beforeEach(async () => {
    peer = await MailingPeer.open();
  });

  afterEach(() => peer.mailer.stop());

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
