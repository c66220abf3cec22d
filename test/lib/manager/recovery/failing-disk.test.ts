import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import type { Timers } from '../../../../lib/platform/timers';
import { MemoryVolume } from '../../../../lib/testing/memory-store';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

const SECOND = 1_000;

describe('while commits fail', () => {
  let friend: ScriptedFriend;
  let isFull: boolean;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('failing disk');
    await friend.settle();
    friend.leave();
    await friend.stop();
    const { index } = friend.memory.volume;
    const timers: Timers = {
      after: (ms, run) => {
        if (isFull) throw new ToxAsyncError('ErrLocalStorageFull', 'The disk is full.');
        return friend.time.timers.after(ms, run);
      },
    };
    isFull = false;
    friend.memory.volume = new MemoryVolume({ timers, ms: 1 });
    friend.memory.volume.index.apply(
      index.range({ gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) }),
    );
    await friend.start();
  });

  afterEach(() => friend.stop());

  const delivered = async (ms: number) =>
    (await friend.hear(ms)).filter((said): said is Said<'deliver'> => said.kind === 'deliver');

  it('takes new keys only after the list that came before them, which does not name them', async () => {
    const us = friend.manager.publicKey;
    await friend.meet();
    await friend.hear(100);
    const batches = friend.keys.fsm.issued.live(us);
    isFull = true;
    friend.sayState({ batches: batches.map(({ batch, live }) => ({ batch, live: live.slice(0, -1) })) });
    await friend.hear(2 * SECOND);
    isFull = false;
    const writes = friend.keys.store.batch();
    const { exchange } = await friend.keys.fsm.issued.issue(writes, us, 4);
    await writes.commit();
    friend.peer.say({ kind: 'exchange', exchange });
    const said = await friend.hear(20 * SECOND);
    assert.ok(said.some(({ kind }) => kind === 'exchange-ack'));
    assert.ok(
      said.some(({ kind }) => kind === 'state'),
      'the friend hears that keys are gone',
    );
    const listed = batches.reduce((sum, { live }) => sum + live.length - 1, 0);
    assert.equal(friend.stats().held, listed + 4);
    await friend.send('leak');
    assert.equal((await delivered(SECOND)).length, 1);
  });

  it('a friend’s list of live keys waits for the disk, and messages are delivered in the same session', async () => {
    const [batch] = friend.keys.fsm.issued.live(friend.manager.publicKey);
    assert.ok(batch);
    await friend.send('leak');
    await friend.meet();
    await friend.hear(100);
    isFull = true;
    // One key fewer than we hold: that has to be written down.
    friend.sayState({ batches: [{ ...batch, live: batch.live.slice(0, -1) }] });
    assert.deepEqual(await delivered(2 * SECOND), []);
    isFull = false;
    assert.equal((await delivered(9 * SECOND)).length, 1);
  });
});
