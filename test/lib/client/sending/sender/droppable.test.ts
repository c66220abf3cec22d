import assert from 'node:assert/strict';
import { SendingPeer } from '../support/sending-peer';

describe('the sender of a message that may be dropped', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
    peer.limit({ outboxMessages: 6 });
  });

  const whenFull = 'drop-oldest';

  it('drops the oldest of them for the next when the outbox is full, and none before', async () => {
    for (const text of ['one', 'two', 'three']) await peer.send(text, { whenFull });
    assert.deepEqual(peer.endings, []);
    await peer.send('four', { whenFull });
    assert.deepEqual([peer.endings, peer.texts()], [['one dropped'], ['two', 'three', 'four']]);
  });

  it('drops none that was sent without it, and none for a message without it', async () => {
    await peer.send('one');
    await peer.send('two', { whenFull });
    await peer.send('three');
    await peer.refused('ErrOutboxFull', peer.send('four'));
    await peer.send('five', { whenFull });
    await peer.send('six', { whenFull });
    assert.deepEqual(
      [peer.endings, peer.texts()],
      [
        ['two dropped', 'five dropped'],
        ['one', 'three', 'six'],
      ],
    );
  });

  it('is refused when there is none that it could take the place of', async () => {
    for (const text of ['one', 'two', 'three']) await peer.send(text);
    await peer.refused('ErrOutboxFull', peer.send('four', { whenFull }));
    assert.deepEqual(peer.endings, []);
  });

  it('drops none that a storage node holds', async () => {
    peer.isNodeHere = true;
    for (const text of ['one', 'two', 'three']) await peer.send(text, { whenFull });
    const [one] = peer.outbox.entries();
    assert.ok(one);
    const writes = peer.alice.store.batch();
    peer.outbox.recordCopies(writes, one, [{ node: peer.stranger, at: peer.alice.age, kept: 100 }], 1);
    await writes.commit();
    await peer.send('four', { whenFull });
    assert.deepEqual([peer.endings, peer.texts()], [['two dropped'], ['one', 'three', 'four']]);
  });

  it('says of one that had left that it may arrive', async () => {
    peer.isNodeHere = true;
    for (const text of ['one', 'two', 'three']) await peer.send(text, { whenFull });
    const [one] = peer.outbox.entries();
    assert.ok(one && peer.outbox.envelope(one));
    for (const text of ['four', 'five']) await peer.send(text, { whenFull });
    assert.deepEqual(peer.endings, ['one dropped may arrive', 'two dropped']);
    assert.equal(peer.keys(), 100 - 4 + 1, 'the key of two is free again');
  });

  it('drops as many as its bytes take', async () => {
    peer.limit({ outboxBytes: 20 });
    for (const text of ['1234', '567', '890']) await peer.send(text, { whenFull });
    await peer.send('a'.repeat(10), { whenFull });
    assert.deepEqual(
      [peer.endings, peer.texts()],
      [
        ['1234 dropped', '567 dropped'],
        ['890', 'a'.repeat(10)],
      ],
    );
    await peer.refused('ErrOutboxFull', peer.send('b'.repeat(21), { whenFull }));
  });

  it('drops one for each, however quickly they come', async () => {
    await Promise.all(['one', 'two', 'three', 'four', 'five'].map((text) => peer.send(text, { whenFull })));
    assert.deepEqual(
      [peer.endings, peer.texts()],
      [
        ['one dropped', 'two dropped'],
        ['three', 'four', 'five'],
      ],
    );
  });

  it('drops none when it replaces one', async () => {
    const replaces = 'temperature';
    await peer.send('one', { whenFull });
    await peer.send('two', { whenFull, replaces });
    await peer.send('three', { whenFull });
    await peer.send('four', { whenFull, replaces });
    assert.deepEqual([peer.endings, peer.texts()], [['two replaced'], ['one', 'three', 'four']]);
  });

  it('takes a key only when somebody is there to take it', async () => {
    await peer.send('one', { whenFull });
    assert.deepEqual([peer.keys(), peer.outbox.entries()[0]?.sealed], [100, undefined]);
    assert.equal(peer.afterStart().entries()[0]?.isDroppable, true);
  });
});
