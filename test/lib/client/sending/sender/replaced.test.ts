import assert from 'node:assert/strict';
import { refuseCommits } from '../../../../support/refusing-commits';
import { SendingPeer } from '../support/sending-peer';

describe('the sender of a message that replaces others', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
  });

  const replaces = 'temperature';

  it('takes a key for it only when somebody is there to take it', async () => {
    await peer.send('one', { replaces });
    assert.deepEqual([peer.sealed(), peer.keys()], [[false], 100]);
    peer.isNodeHere = true;
    await peer.send('two', { replaces: 'humidity' });
    assert.deepEqual([peer.sealed(), peer.keys()], [[false, true], 99]);
  });

  it('ends the one before in the batch that takes it', async () => {
    const first = await peer.send('one', { replaces });
    await peer.send('two', { replaces });
    assert.deepEqual([peer.endings, peer.texts()], [['one replaced'], ['two']]);
    assert.equal(peer.afterStart().find(peer.bob.pk, first.messageId), undefined);
    const end = refuseCommits(peer.alice.store);
    await assert.rejects(peer.send('three', { replaces }), /the disk is gone/);
    end();
    assert.deepEqual([peer.endings, peer.texts()], [['one replaced'], ['two']]);
    await peer.send('four', { replaces });
    assert.deepEqual([peer.endings, peer.texts()], [['one replaced', 'two replaced'], ['four']]);
  });

  it('gives it the place of the one before', async () => {
    peer.limit({ outboxMessages: 2 });
    await peer.send('one', { replaces });
    await peer.send('two', { replaces });
    await peer.refused('ErrOutboxFull', peer.send('three', { replaces: 'humidity' }));
    assert.deepEqual(peer.texts(), ['two']);
  });

  it('gives it the key of one that had not left', async () => {
    peer.isNodeHere = true;
    await peer.send('one', { replaces });
    const [one] = peer.outbox.entries();
    assert.ok(one?.sealed);
    await peer.send('two', { replaces });
    assert.deepEqual([peer.endings, peer.sealed(), peer.keys()], [['one replaced'], [false], 100]);
    assert.equal(peer.alice.fsm.held.next(peer.bob.pk)?.index, one.sealed.preKeyId & 0xff);
  });

  it('keeps the newest behind one that left', async () => {
    peer.isNodeHere = true;
    await peer.send('one', { replaces });
    const [one] = peer.outbox.entries();
    assert.ok(one && peer.outbox.envelope(one));
    for (const text of ['two', 'three']) await peer.send(text, { replaces });
    assert.deepEqual(
      [peer.texts(), peer.endings, peer.sealed()],
      [['one', 'three'], ['two replaced'], [true, false]],
    );
  });

  it('knows of one that leaves while the vault makes the slot', async () => {
    peer.isNodeHere = true;
    await peer.send('one', { replaces });
    const [one] = peer.outbox.entries();
    assert.ok(one);
    const allocate = peer.alice.vault.allocate.bind(peer.alice.vault);
    peer.alice.vault.allocate = (count) => {
      peer.outbox.envelope(one);
      return allocate(count);
    };
    await peer.send('two', { replaces });
    assert.deepEqual([peer.texts(), peer.endings, peer.sealed()], [['one', 'two'], [], [true, false]]);
  });

  it('takes them in the order of the calls', async () => {
    const sent = ['one', 'two', 'three'].map((text) => peer.send(text, { replaces }));
    await Promise.all(sent);
    assert.deepEqual([peer.texts(), peer.endings], [['three'], ['one replaced', 'two replaced']]);
  });

  it('refuses a name that is none before anything is allocated', async () => {
    await peer.refused('ErrInvalidArgument', peer.send('one', { replaces: '' }));
    await peer.refused('ErrInvalidArgument', peer.send('one', { replaces: 'x'.repeat(256) }));
  });
});
