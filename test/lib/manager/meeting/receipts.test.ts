import assert from 'node:assert/strict';
import { ScriptedFriend } from '../support/scripted-friend';

describe('a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  it('confirms receipts for messages that it does not know, and drops them', async () => {
    await friend.settle();
    const messageId = new Uint8Array(32).fill(1);
    friend.peer.say({ kind: 'receipts', receipts: [{ messageId, code: 'ok' }] });
    assert.deepEqual((await friend.hearOne('receipts-confirmed')).messageIds, [messageId]);
    assert.deepEqual(friend.outcomes, []);
  });

  it('fails a message with the code of its receipt', async () => {
    await friend.settle();
    friend.leave();
    const { messageId } = await friend.send('leak');
    await friend.meet();
    friend.peer.say({ kind: 'receipts', receipts: [{ messageId, code: 'unsupported' }] });
    await friend.hearOne('receipts-confirmed');
    assert.equal(friend.outcomes.at(-1)?.state, 'failed');
    assert.equal(friend.outcomes.at(-1)?.code, 'unsupported');
  });

  it('ends a message once, although one list of receipts names it twice', async () => {
    await friend.settle();
    friend.leave();
    const { messageId } = await friend.send('leak');
    await friend.meet();
    const receipt = { messageId, code: 'ok' } as const;
    friend.peer.say({ kind: 'receipts', receipts: [receipt, { ...receipt, code: 'malformed' }, receipt] });
    await friend.hear();
    assert.deepEqual(
      friend.outcomes.map(({ state }) => state),
      ['delivered'],
    );
  });
});
