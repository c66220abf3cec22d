import assert from 'node:assert/strict';
import { sameBytes } from '../../../../lib/bytes';
import { ScriptedFriend, type Said } from '../support/scripted-friend';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { connectNode, itemOf, pass } from '../support/scripted-node';

const SECOND = 1_000;

/** Somebody with a copy of our profile can say hello as any of our friends, and no more than that. */
describe('a session that nobody has proved', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('unproven');
    await friend.settle();
  });

  afterEach(() => friend.stop());

  const stored = (node: { opened(): { kind: string }[] }) =>
    node.opened().filter(({ kind }) => kind === 'store');

  it('holds nothing back for longer than 10 s: messages go to storage nodes', async () => {
    const node = await connectNode(friend);
    await friend.meet();
    await friend.send('leak');
    await friend.time.advance(9 * SECOND);
    assert.equal(stored(node).length, 0, 'the friend itself may still take it');
    await friend.time.advance(2 * SECOND);
    assert.equal(stored(node).length, 1);
  });

  it('is where a real friend who only hangs ends up too, until its state comes', async () => {
    const node = await connectNode(friend);
    await friend.meet();
    friend.peer.prove();
    await friend.send('leak');
    await friend.time.advance(11 * SECOND);
    assert.equal(stored(node).length, 1);
    friend.sayState();
    const delivered = (await friend.hear()).filter(
      (said): said is Said<'deliver'> => said.kind === 'deliver',
    );
    assert.equal(delivered.length, 1, 'from then on the friend counts as here');
  });

  it('waits longer while receipts come, which stand before the state', async () => {
    const node = await connectNode(friend);
    await friend.meet();
    await friend.send('leak');
    for (let i = 0; i < 3; i += 1) {
      await friend.time.advance(8 * SECOND);
      friend.peer.say({
        kind: 'receipts',
        receipts: [{ messageId: new Uint8Array(32).fill(i), code: 'ok' }],
      });
    }
    assert.equal(stored(node).length, 0);
    await friend.time.advance(11 * SECOND);
    assert.equal(stored(node).length, 1);
  });

  it('leaves no note of the peer: neither what its hello says nor that it speaks the extension', async () => {
    const stranger = await ScriptedFriend.open('stranger');
    await stranger.meet();
    await stranger.time.advance(SECOND);
    assert.deepEqual(stranger.memory.table('node'), []);
    assert.equal(stranger.manager.counts().nodes, 0);
    stranger.leave();
    stranger.transport.handler?.onFriend(stranger.keys.pk, true);
    await stranger.time.advance(40 * SECOND);
    assert.equal(
      stranger.manager.friends()[0]?.plainClient,
      true,
      'an ordinary client gets ordinary messages',
    );
    await stranger.stop();
  });

  it('keeps one who proved a session from becoming an ordinary client, until the user allows it', async () => {
    friend.leave();
    friend.transport.handler?.onFriend(friend.keys.pk, true);
    await friend.time.advance(40 * SECOND);
    const plain = () =>
      friend.manager.friends().find(({ publicKey }) => sameBytes(publicKey, friend.keys.pk))?.plainClient;
    assert.equal(plain(), false);
    await friend.manager.allowPlainMessages(friend.keys.pk, true);
    assert.equal(plain(), true);
    await friend.manager.allowPlainMessages(friend.keys.pk, false);
    assert.equal(plain(), false);
  });

  it('may turn out to be an ordinary client after all when the friend was removed and added again', async () => {
    await friend.manager.removeFriend(friend.keys.pk);
    await friend.manager.addFriend(friend.keys.pk, 'Friend');
    friend.leave();
    friend.transport.handler?.onFriend(friend.keys.pk, true);
    await friend.time.advance(40 * SECOND);
    assert.equal(friend.manager.friends()[0]?.plainClient, true);
  });

  it('is suspected of an ordinary client by the diagnosis after 30 days without a word', async () => {
    const codes = () => friend.manager.diagnose(friend.keys.pk).map(({ code }) => code);
    /** A machine that is off counts up to a week of the time. */
    const silentDays = async (days: number) => {
      for (let left = days; left > 0; left -= 6) {
        await friend.stop();
        await friend.time.advance(Math.min(left, 6) * 24 * 3600 * SECOND);
        await friend.start();
      }
      friend.transport.handler?.onFriend(friend.keys.pk, true);
      await friend.time.advance(40 * SECOND);
    };
    await silentDays(29);
    assert.ok(!codes().includes('silent-client'));
    await silentDays(2);
    assert.ok(codes().includes('silent-client'));
  });

  it('hears our state, and gets no keys', async () => {
    await friend.meet();
    const said = await friend.kinds();
    assert.ok(said.includes('state'));
    assert.ok(!said.includes('exchange'), 'no keys leave');
  });

  it('leaves the mail of receipts where it is, which a proven one makes needless', async () => {
    const node = await connectNode(friend);
    const envelope = await friend.seal('left at a node');
    friend.leave();
    const serve = (asked: SessionMessage) => {
      const answer = { code: 'ok' } as const;
      if (asked.kind === 'list') {
        const items = [itemOf(envelope)];
        node.say({ kind: 'list-answer', request: asked.request, ...answer, more: false, items });
      } else if (asked.kind === 'fetch') {
        node.say({ kind: 'fetched', request: asked.request, position: 0, ...answer, age: 0, envelope });
      }
    };
    node.say({ kind: 'mail', waiting: 1 });
    await pass(friend, 11_000, [[node, serve]]);
    assert.deepEqual(friend.texts, ['left at a node']);
    const mailed = () => friend.memory.table('service-mail').length;
    assert.equal(mailed(), 1, 'the receipt is on its way by mail');
    await friend.meet();
    await friend.time.advance(5 * SECOND);
    assert.equal(mailed(), 1, 'a thief of our profile cannot make us drop it');
    friend.peer.prove();
    await friend.time.advance(SECOND);
    assert.equal(mailed(), 0);
  });
});
