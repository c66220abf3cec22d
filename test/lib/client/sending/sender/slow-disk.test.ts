import assert from 'node:assert/strict';
import { utf8 } from '../../../../../lib/bytes';
import type { SendOptions } from '../../../../../lib/client/messages';
import { SendingPeer } from '../support/sending-peer';

const ID = new Uint8Array(32).fill(1);

describe('the sender while the disk is slow', () => {
  let peer: SendingPeer;
  /** Lets what was committed become durable. */
  let release: () => void;

  beforeEach(async () => {
    peer = await SendingPeer.open();
    slow();
  });

  function slow(): void {
    const { store } = peer.alice;
    const batch = store.batch.bind(store);
    const disk = new Promise<void>((resolve) => (release = resolve));
    store.batch = () => {
      const writes = batch();
      const commit = writes.commit.bind(writes);
      writes.commit = (how) => disk.then(() => commit(how));
      return writes;
    };
  }

  it('is settled when all it journals is durable', async () => {
    const sending = peer.send('leak');
    await peer.alice.time.advance(1);
    const settling = peer.outbox.settled().then(() => peer.accepted.length);
    await peer.alice.time.advance(1);
    assert.deepEqual([peer.outbox.messages, peer.accepted], [1, []]);
    release();
    assert.equal(await settling, 1);
    await sending;
  });

  it('answers a double when the first is durable', async () => {
    const durable = () => peer.accepted.length;
    const calls = [peer.send('leak', { messageId: ID }), peer.send('leak', { messageId: ID })];
    const ends = calls.map((call) => call.then(durable));
    await peer.alice.time.advance(1);
    release();
    assert.deepEqual(await Promise.all(ends), [1, 1]);
    const [first, second] = await Promise.all(calls);
    assert.deepEqual(second, first);
    assert.deepEqual([peer.allocated, peer.outbox.load().bytes], [1, utf8('leak').length]);
  });

  it('judges no message that is still on its way there', async () => {
    const options: SendOptions[] = [{ replaces: 'temperature' }, { whenFull: 'drop-oldest' }];
    peer.limit({ outboxMessages: 2 });
    for (const each of options) {
      const before = peer.allocated;
      const calls = [peer.send('one', each), peer.send('two', each)];
      await peer.alice.time.advance(1);
      assert.deepEqual([peer.allocated - before, peer.endings], [1, []]);
      release();
      await Promise.all(calls);
      assert.equal(peer.endings.splice(0).length, 1);
      for (const entry of peer.outbox.entries()) peer.outbox.withdraw(entry);
      slow();
    }
  });

  it('lets nothing else end what it replaces until both are durable', async () => {
    release();
    await peer.send('one', { replaces: 'temperature' });
    slow();
    const sending = peer.send('two', { replaces: 'temperature' });
    const receipt = peer.queues.run(peer.bob.pk, () => peer.texts());
    await peer.alice.time.advance(10);
    assert.deepEqual([peer.outbox.messages, peer.endings], [2, []]);
    release();
    await sending;
    assert.deepEqual([await receipt, peer.endings], [['two'], ['one replaced']]);
  });
});
