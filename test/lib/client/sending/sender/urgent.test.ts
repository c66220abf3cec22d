import assert from 'node:assert/strict';
import { SendingPeer } from '../support/sending-peer';

describe('the sender of an urgent message', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
  });

  const urgent = true;

  it('takes it although the outbox is full, up to its own limit', async () => {
    peer.limit({ outboxMessages: 2, outboxUrgent: 2 });
    await peer.send('one');
    await peer.refused('ErrOutboxFull', peer.send('two'));
    for (const text of ['three', 'four']) await peer.send(text, { urgent });
    await peer.refused('ErrOutboxFull', peer.send('five', { urgent }));
    const [, three] = peer.outbox.entries();
    assert.ok(three?.isUrgent);
    peer.outbox.withdraw(three);
    await peer.send('six', { urgent });
    assert.deepEqual([peer.texts(), peer.outbox.urgentMessages], [['one', 'four', 'six'], 2]);
  });

  it('seals it to a key that is kept for such, where others wait', async () => {
    while (peer.keys() > 8) await peer.send('one');
    await peer.send('two');
    await peer.refused('ErrNoPreKeys', peer.send('three', { withoutKeys: 'error' }));
    assert.equal(peer.outbox.entries().at(-1)?.sealed, undefined);
    await peer.send('four', { urgent, withoutKeys: 'error' });
    assert.deepEqual([peer.outbox.entries().at(-1)?.sealed !== undefined, peer.keys()], [true, 7]);
  });

  it('knows it after a start', async () => {
    await peer.send('one', { urgent });
    await peer.send('two', { urgent: false });
    assert.deepEqual(
      [
        peer.afterStart().urgentMessages,
        peer
          .afterStart()
          .entries()
          .map(({ isUrgent }) => isUrgent),
      ],
      [1, [true, undefined]],
    );
  });
});
