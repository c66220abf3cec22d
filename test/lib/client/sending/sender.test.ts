import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { MAX_PAYLOAD_SIZE } from '../../../../lib/constants';
import { SendingPeer } from './support/sending-peer';
import { refuseCommits } from '../../../support/refusing-commits';

const ID = new Uint8Array(32).fill(1);

describe('the sender', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
  });

  it('asks whether there is room before anything is allocated, and takes nothing without', async () => {
    peer.hasRoom = false;
    await peer.refused('ErrLocalStorageFull', peer.send('leak'));
    assert.deepEqual([peer.asked, peer.allocated, peer.afterStart().entries()], [1, 0, []]);
    peer.hasRoom = true;
    await peer.send('leak');
    assert.deepEqual([peer.asked, peer.allocated], [2, 1]);
  });

  it('names a message that is there already, or ended, although there is no room', async () => {
    const first = await peer.send('leak', { messageId: ID });
    peer.hasRoom = false;
    peer.alice.age += 10;
    assert.deepEqual(await peer.send('other', { messageId: ID }), first);
    assert.deepEqual([peer.asked, peer.allocated, peer.texts()], [1, 1, ['leak']]);
    const { messageId } = await sendEnded();
    assert.deepEqual(messageId, new Uint8Array(32).fill(2));
    assert.deepEqual([peer.asked, peer.allocated, peer.texts()], [1, 1, ['leak']]);
  });

  function sendEnded(): ReturnType<SendingPeer['send']> {
    const messageId = new Uint8Array(32).fill(2);
    const times = { createdAt: 1, expiresAt: 2, at: 2 };
    peer.ended = { messageId, friend: peer.bob.pk, state: 'delivered', nodes: 0, wanted: 3, ...times };
    return peer.send('ended', { messageId });
  }

  it('allocates nothing for what the outbox has no place for, nor without keys when those are asked for', async () => {
    peer.limit({ outboxMessages: 1 });
    await peer.refused('ErrNoPreKeys', peer.send('x', { withoutKeys: 'error' }, peer.stranger));
    await peer.send('x', { withoutKeys: 'queue' }, peer.stranger);
    await peer.refused('ErrOutboxFull', peer.send('leak'));
    peer.limit({ outboxBytes: 5 });
    await peer.refused('ErrOutboxFull', peer.send('12345'));
    await peer.send('1234', { withoutKeys: 'error' });
  });

  it('accepts what is durable, sealed, in the order of the calls', async () => {
    const names = ['one', 'two', 'three'];
    await Promise.all(names.map((text) => peer.send(text)));
    assert.deepEqual(
      peer.accepted,
      names.map((text) => [text, true]),
    );
    assert.deepEqual(peer.texts(), names);
    assert.ok(peer.outbox.entries().every((entry) => peer.outbox.envelope(entry)));
  });

  it('tells of a message first that its key is spent, then of itself, then has it sent', async () => {
    await peer.send('leak');
    const spent = ['key of bob spent', 'peer hears of bob'];
    assert.deepEqual(peer.heard.splice(0), [...spent, 'accepted for bob', 'dispatched']);
    await peer.send('leak', {}, peer.stranger);
    assert.deepEqual(peer.heard, ['accepted for a stranger', 'dispatched'], 'which took no key');
  });

  it('takes back what could not be made durable, and goes on', async () => {
    const { store } = peer.alice;
    const endRefusal = refuseCommits(store);
    await assert.rejects(peer.send('leak'), /the disk is gone/);
    endRefusal();
    assert.deepEqual([peer.accepted, peer.outbox.messages], [[], 0]);
    await peer.outbox.settled();
    await peer.send('another');
    assert.deepEqual(peer.accepted, [['another', true]]);
  });

  it('wipes its own copy of the text once the message is journalled or refused', async () => {
    const add = peer.outbox.add.bind(peer.outbox);
    const copies: Uint8Array[] = [];
    let fail = false;
    peer.outbox.add = (writes, fields, data, secret) => {
      copies.push(data);
      if (fail) throw new Error('the disk is gone');
      return add(writes, fields, data, secret);
    };
    const given = utf8('leak');
    await peer.sender.send(peer.bob.pk, given);
    fail = true;
    await assert.rejects(peer.sender.send(peer.bob.pk, 'leak'), /the disk is gone/);
    assert.deepEqual(copies, [new Uint8Array(4), new Uint8Array(4)]);
    assert.deepEqual([given, peer.texts()], [utf8('leak'), ['leak']]);
  });

  it('takes up to 262,144 bytes before they are deflated', async () => {
    await peer.sender.send(peer.bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE));
    await peer.sender.send(peer.bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE), 0, { compress: 'off' });
    await peer.refused(
      'ErrMessageTooLarge',
      peer.sender.send(peer.bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE + 1)),
    );
  });
});
