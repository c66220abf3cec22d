import assert from 'node:assert/strict';
import { SendingPeer } from '../support/sending-peer';

const ID = new Uint8Array(32).fill(1);

describe('the sender of a context', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
  });

  /** As a start would give it back. */
  const contextOf = (friend = peer.bob.pk) => peer.contexts().of({ friend, messageId: ID });

  it('takes 4,096 characters of JSON, and no more', async () => {
    await peer.refused('ErrInvalidArgument', peer.send('leak', { context: 'x'.repeat(4_095) }));
    await peer.send('leak', { messageId: ID, context: 'x'.repeat(4_094) });
    assert.deepEqual(contextOf(), { context: 'x'.repeat(4_094) });
    assert.equal(peer.allocated, 2, 'the context has a slot of its own');
  });

  it('refuses what has no JSON form', async () => {
    const circle: { inside?: unknown } = {};
    circle.inside = circle;
    for (const context of [circle, 1n, () => undefined, Symbol('leak')]) {
      await peer.refused('ErrInvalidArgument', peer.send('leak', { context }));
    }
  });

  it('keeps what it was at the call, as a start would give it back', async () => {
    const context = { room: 'cellar', at: new Date(0), nothing: undefined };
    const sending = peer.send('leak', { messageId: ID, context });
    context.room = 'x'.repeat(5_000);
    await sending;
    const kept = { room: 'cellar', at: '1970-01-01T00:00:00.000Z' };
    assert.deepEqual(contextOf(), { context: kept });
  });

  it('has none without', async () => {
    await peer.send('leak', { messageId: ID });
    assert.deepEqual([contextOf(), peer.allocated], [{}, 1]);
  });
});
