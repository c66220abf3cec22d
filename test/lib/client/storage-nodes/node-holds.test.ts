import assert from 'node:assert/strict';
import { NodeHolds } from '../../../../lib/client/storage-nodes/node-holds';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';

const node = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);

describe('a storage node that is asked too often', () => {
  let time: SimulatedTime;
  let holds: NodeHolds;

  beforeEach(() => {
    time = new SimulatedTime();
    holds = new NodeHolds({ clock: time.clock, random: new SeededRandom('holds') });
  });

  /** Seconds until it may be asked again. */
  async function held(): Promise<number> {
    let seconds = 0;
    for (; holds.isHeld(node); seconds += 1) await time.advance(1000);
    return seconds;
  }

  it('is left alone for 15 s, then twice as long, up to an hour', async () => {
    for (let i = 0; i < 12; i += 1) {
      holds.hold(node, 1);
      const middle = Math.min(3600, 15 * 2 ** i);
      const seconds = await held();
      assert.ok(seconds >= middle * 0.75 && seconds <= middle * 1.25 + 1, `${i}: ${seconds}`);
    }
  });

  it('is left alone as long as it says, and no other is', async () => {
    holds.hold(node, 100);
    assert.equal(holds.isHeld(other), false);
    assert.equal(await held(), 100);
  });

  it('has refused once, however many answers say so at the time', async () => {
    for (let i = 0; i < 32; i += 1) holds.hold(node, 1);
    assert.ok((await held()) <= 19);
    holds.hold(node, 1);
    const second = await held();
    assert.ok(second >= 22 && second <= 38, `${second}`);
  });

  it('begins with short waits again after it took something, which ends no wait that runs', async () => {
    holds.hold(node, 1);
    await held();
    holds.hold(node, 1);
    holds.noteTaken(node);
    assert.ok(holds.isHeld(node), 'an answer from before');
    await held();
    holds.noteTaken(node);
    holds.hold(node, 1);
    assert.ok((await held()) <= 19);
  });

  it('may be asked at once after a new session', () => {
    holds.hold(node, 100);
    holds.release(node);
    assert.equal(holds.isHeld(node), false);
  });
});
