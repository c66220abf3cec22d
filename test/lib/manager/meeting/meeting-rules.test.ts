import assert from 'node:assert/strict';
import { fromHex } from '../../../../lib/bytes';
import { formatToxId } from '../../../../lib/identity/tox-id';
import { ScriptedFriend } from '../support/scripted-friend';

const DAY = 24 * 60 * 60;

describe('what goes out at a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  /** The friend drops `count` of its keys from its list, so that a state answers. */
  function drop(count: number): void {
    const [batch] = friend.keys.fsm.issued.live(friend.manager.publicKey);
    assert.ok(batch);
    friend.sayState({ batches: [{ ...batch, live: batch.live.slice(0, 104 - count) }] });
  }

  it('is a state a second after the last at the earliest, and then at once', async () => {
    await friend.settle();
    drop(10);
    assert.deepEqual(await friend.kinds(5), ['state']);
    drop(20);
    assert.deepEqual(await friend.kinds(990), []);
    assert.deepEqual(await friend.kinds(20), ['state']);
    await friend.hear(1_000);
    drop(30);
    assert.deepEqual(await friend.kinds(5), ['state']);
  });

  it('is a state that found no room in the queue, as soon as there is some', async () => {
    await friend.settle();
    await friend.hear(2_000);
    friend.transport.result = 'busy';
    // What confirms these fills the 2 MiB that may wait for a peer.
    for (let i = 0; i < 1_900; i += 1) {
      const receipts = Array.from({ length: i < 1_800 ? 41 : 1 }, (_, n) => ({
        messageId: new Uint8Array(32).fill(n),
        code: 'ok' as const,
      }));
      friend.peer.say({ kind: 'receipts', receipts });
      if (i % 100 === 99) await friend.time.advance(200);
    }
    drop(20);
    await friend.time.advance(2_000);
    friend.transport.result = 'sent';
    friend.transport.handler?.onWritable(friend.keys.pk);
    const kinds = await friend.kinds(2_000);
    assert.ok(kinds.filter((kind) => kind === 'receipts-confirmed').length > 1_500);
    assert.deepEqual(kinds.slice(-1), ['state']);
  });

  it('is the state again when the nodes that it names change', async () => {
    await friend.settle();
    const address = fromHex(formatToxId(friend.keys.pk, new Uint8Array(4)));
    assert.ok(address);
    friend.sayState({ openNodes: [address] });
    assert.deepEqual(await friend.kinds(1_500), ['state']);
    friend.sayState({ openNodes: [address] });
    assert.deepEqual(await friend.kinds(1_500), []);
    friend.sayState({ openNodes: [] });
    assert.deepEqual(await friend.kinds(1_500), ['state']);
  });

  it('is the waiting exchange, which counts as sent again then: its keys live on from there', async () => {
    await friend.meet();
    friend.sayState();
    await friend.hearOne('exchange');
    friend.leave();
    await friend.stop();
    await friend.time.advance(6 * DAY * 1000);
    await friend.start();
    await friend.meet();
    assert.ok(!(await friend.kinds()).includes('exchange'), 'not to a peer that has proved nothing');
    friend.peer.prove();
    await friend.hearOne('exchange');
    const [batch, ...more] = friend.memory.table<{ createdAt: number; sentAt: number }>('issued-batch');
    assert.ok(batch && more.length === 0);
    assert.ok(batch.sentAt - batch.createdAt >= 6 * DAY);
  });

  it('is a message that the friend was too busy for, or did not answer, again after 30 s, 60 s and so on', async () => {
    await friend.settle();
    const begun = friend.time.clock.monotonic();
    await friend.send('leak');
    const times: number[] = [];
    for (let i = 0; times.length < 8 && i < 700; i += 1) {
      for (const said of await friend.hear(5_000)) {
        if (said.kind !== 'deliver') continue;
        times.push(friend.time.clock.monotonic() - begun);
        // The first is not answered, which shows after 10 s.
        if (times.length > 1)
          friend.peer.say({ kind: 'deliver-answer', request: said.request, code: 'busy' });
      }
    }
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    const least = [40_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000];
    assert.equal(gaps.length, least.length);
    for (const [i, gap] of gaps.entries()) {
      const from = least[i] ?? 0;
      assert.ok(gap >= from - 5_000 && gap <= from + 15_000, gaps.join());
    }
  });
});
