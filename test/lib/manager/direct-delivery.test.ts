import assert from 'node:assert/strict';
import { waitFor } from '../../support/world';
import { ScriptedFriend, type Said } from './support/scripted-friend';
import { connectNode } from './support/scripted-node';

describe('a message for a friend who is here', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('direct delivery');
    await friend.settle();
  });

  afterEach(() => friend.stop());

  const delivers = async (ms: number) =>
    (await friend.hear(ms)).filter((said): said is Said<'deliver'> => said.kind === 'deliver');
  const take = ({ request }: Said<'deliver'>, code: Said<'deliver-answer'>['code'] = 'ok') =>
    friend.peer.say({ kind: 'deliver-answer', request, code });

  it('goes to a node as well once the friend was too busy for it', async () => {
    const node = await connectNode(friend);
    await friend.send('leak');
    const [first] = await delivers(50);
    assert.ok(first);
    assert.ok(!node.opened().some(({ kind }) => kind === 'store'), 'not while the friend may take it');
    take(first, 'busy');
    await friend.time.advance(50);
    assert.ok(node.opened().some(({ kind }) => kind === 'store'));
  });

  it('goes as soon as one of the 16 before it is answered', async () => {
    for (let i = 0; i < 20; i += 1) await friend.send(`message ${i}`);
    const window = await delivers(1_000);
    assert.equal(window.length, 16);
    for (const each of window.slice(0, 4)) take(each);
    assert.equal((await delivers(100)).length, 4);
  });

  it('ends once, although the friend takes it after the end of its life', async () => {
    const { keys, manager, time } = friend;
    await waitFor(time, manager.sendAsyncMessage(keys.pk, 'leak', 0, { lifetime: 1 }));
    const [deliver] = await delivers(50);
    assert.ok(deliver);
    await time.advance(9_000);
    take(deliver);
    await time.advance(1_000);
    assert.deepEqual(
      friend.outcomes.map(({ state }) => state),
      ['expired'],
    );
  });
});
