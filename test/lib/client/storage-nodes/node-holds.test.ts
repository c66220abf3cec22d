import assert from 'node:assert/strict';
import { NodeHolds } from '../../../../lib/client/storage-nodes/node-holds';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';

const node = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);
const friend = new Uint8Array(32).fill(3);
const another = new Uint8Array(32).fill(4);
const fresh = { friend, isRenewal: false };

describe('a storage node that refuses for now', () => {
  let time: SimulatedTime;
  let holds: NodeHolds;

  beforeEach(() => {
    time = new SimulatedTime();
    holds = new NodeHolds({ clock: time.clock, random: new SeededRandom('holds') });
  });

  const isHeld = (asked = node) => holds.heldUntil(asked, fresh) !== undefined;
  const rate = (wait: number) => holds.refused(node, friend, { code: 'rate', wait });

  /** Seconds until it may be asked again. */
  async function held(): Promise<number> {
    let seconds = 0;
    for (; isHeld(); seconds += 1) await time.advance(1000);
    return seconds;
  }

  it('is left alone for 15 s, then twice as long, up to an hour', async () => {
    for (let i = 0; i < 12; i += 1) {
      rate(1);
      const middle = Math.min(3600, 15 * 2 ** i);
      const seconds = await held();
      assert.ok(seconds >= middle * 0.75 && seconds <= middle * 1.25 + 1, `${i}: ${seconds}`);
    }
  });

  it('is left alone no longer each time by what need not hurry', async () => {
    for (let i = 0; i < 4; i += 1) {
      holds.refused(node, friend, { code: 'rate', wait: 1 }, false);
      const seconds = await held();
      assert.ok(seconds >= 11 && seconds <= 20, `${i}: ${seconds}`);
    }
    rate(1);
    const second = await held();
    assert.ok(second >= 22 && second <= 38, `${second}`);
  });

  it('is left alone as long as it says, and no other is', async () => {
    rate(100);
    assert.equal(isHeld(other), false);
    assert.equal(await held(), 100);
  });

  it('has refused once, however many answers say so at the time', async () => {
    for (let i = 0; i < 32; i += 1) rate(1);
    assert.ok((await held()) <= 19);
    rate(1);
    const second = await held();
    assert.ok(second >= 22 && second <= 38, `${second}`);
  });

  it('begins with short waits again after it took something, which ends no wait that runs', async () => {
    rate(1);
    await held();
    rate(1);
    holds.noteTaken(node, fresh);
    assert.ok(isHeld(), 'an answer from before');
    await held();
    holds.noteTaken(node, fresh);
    rate(1);
    assert.ok((await held()) <= 19);
  });

  it('may be asked at once after a new session', () => {
    rate(100);
    holds.release(node);
    assert.equal(isHeld(), false);
  });

  it('takes nothing new while it is full, and goes on keeping what it has', () => {
    for (const code of ['node-full', 'node-share'] as const) {
      assert.equal(holds.refused(node, friend, { code, wait: 0 }), true);
      assert.equal(isHeld(), true);
      assert.notEqual(holds.heldUntil(node, { friend: another, isRenewal: false }), undefined);
      assert.equal(holds.heldUntil(node, { friend, isRenewal: true }), undefined);
      holds.release(node);
      assert.equal(isHeld(), false);
    }
  });

  it('takes mail for others while the share of one mailbox is used up, until that friend fetched some', () => {
    holds.refused(node, friend, { code: 'mailbox-share', wait: 0 });
    assert.equal(isHeld(), true);
    assert.equal(holds.heldUntil(node, { friend: another, isRenewal: false }), undefined);
    assert.equal(holds.heldUntil(node, { friend, isRenewal: true }), undefined);
    assert.deepEqual([holds.noteFetched(friend), holds.noteFetched(friend)], [true, false]);
    assert.equal(isHeld(), false);
  });

  it('is asked by other messages when its refusal concerns one of them alone', () => {
    for (const code of ['busy', 'bad-request', 'off', 'no-mailbox'] as const) {
      assert.equal(holds.refused(node, friend, { code, wait: 0 }), false);
      assert.equal(isHeld(), false);
    }
  });

  it('is forgotten with its friendship, and so is what was refused of its own mail', () => {
    rate(100);
    holds.refused(other, node, { code: 'mailbox-share', wait: 0 });
    holds.forget(node);
    assert.equal(isHeld(), false);
    assert.equal(holds.heldUntil(other, { friend: node, isRenewal: false }), undefined);
  });

  it('says why it takes nothing, until the answer to the next attempt must be there', async () => {
    assert.equal(holds.refusalOf(node, friend), undefined);
    holds.refused(node, friend, { code: 'mailbox-share', wait: 0 });
    assert.equal(holds.refusalOf(node, friend), 'mailbox-share');
    assert.equal(holds.refusalOf(node, another), undefined);
    holds.refused(node, friend, { code: 'node-share', wait: 0 });
    assert.equal(holds.refusalOf(node, another), 'node-share');
    await held();
    assert.equal(holds.refusalOf(node, another), 'node-share');
    await time.advance(10_000);
    assert.equal(holds.refusalOf(node, another), undefined);
  });
});
