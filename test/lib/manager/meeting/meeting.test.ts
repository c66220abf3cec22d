import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

describe('a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  it('begins with owed receipts, then the state, then the exchange that waits, and again until confirmed', async () => {
    await friend.settle();
    const { code } = await friend.deliver(await friend.seal('hello'));
    assert.equal(code, 'ok');
    for (let meeting = 0; meeting < 2; meeting += 1) {
      await friend.meet();
      const [receipts, state] = await friend.hear();
      assert.ok(receipts?.kind === 'receipts' && state?.kind === 'state');
      assert.equal(receipts.receipts.length, 1);
      assert.equal(receipts.receipts[0]?.code, 'ok');
      if (meeting === 0) continue;
      const messageIds = receipts.receipts.map(({ messageId }) => messageId);
      friend.peer.say({ kind: 'receipts-confirmed', messageIds });
    }
    await friend.meet();
    assert.ok(!(await friend.kinds()).includes('receipts'));
  });

  it('says that an identity runs elsewhere when a friend holds keys that it never issued', async () => {
    await friend.settle();
    friend.sayState({ held: 104 });
    await friend.hear();
    assert.deepEqual(friend.events, []);
    friend.sayState({ held: 105 });
    await friend.hear();
    assert.deepEqual(friend.events, ['identity-in-use-elsewhere']);
  });

  it('delivers nothing before the state of the friend, then all that waits, oldest first', async () => {
    await friend.settle();
    friend.leave();
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push(toHex((await friend.send(`message ${i}`)).messageId));
    await friend.meet();
    assert.ok(!(await friend.kinds(3_000)).includes('deliver'));
    friend.sayState();
    const delivers = (await friend.hear(200)).filter(
      (said): said is Said<'deliver'> => said.kind === 'deliver',
    );
    const opened = delivers.map(({ envelope }) => {
      const opening = friend.keys.fsm.open(envelope);
      return opening.outcome === 'opened' ? toHex(opening.result.messageId) : opening.outcome;
    });
    assert.deepEqual(opened, ids.slice(0, 16));
  });

  it('never uses the four reserved keys for a message, and counts them in what it says', async () => {
    await friend.settle();
    for (let i = 0; i < 100; i += 1) await friend.send(`message ${i}`, { urgent: true });
    assert.equal(friend.manager.canSendAsyncMessage(friend.keys.pk), false);
    assert.deepEqual(friend.stats(), { sendable: 0, held: 4, issued: 104 });
    const receipt = await friend.send('waits');
    assert.equal(receipt.reason, 'no-prekeys');
    await friend.meet();
    assert.equal((await friend.hearOne('state')).held, 4);
    assert.equal(friend.stats().held, 4);
  });

  it('sends nothing as an ordinary message to a friend whose keys it has, whatever else it forgot', async () => {
    await friend.settle();
    friend.leave();
    const { index } = friend.memory.volume;
    const nodes = { gte: utf8('node/'), lt: utf8('node0') };
    index.apply([...index.range(nodes)].map(([key]) => [key, undefined]));
    await friend.crash();
    await friend.send('secret');
    friend.transport.handler?.onFriend(friend.keys.pk, true);
    await friend.time.advance(60_000);
    assert.deepEqual(friend.transport.messages, []);
  });
});
