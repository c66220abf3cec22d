import assert from 'node:assert/strict';
import { UnverifiedBrake } from '../../../lib/network/unverified-brake';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';

const MINUTE = 60_000;

describe('the brake on messages that do not verify', () => {
  let time: SimulatedTime;
  let brake: UnverifiedBrake;

  beforeEach(() => {
    time = new SimulatedTime();
    brake = new UnverifiedBrake(time.clock);
  });

  /** The first of ten, then the other nine after `ms`. */
  async function ten(ms: number): Promise<void> {
    brake.note();
    await time.advance(ms);
    for (let i = 0; i < 9; i += 1) brake.note();
  }

  it('is on for a minute from the tenth within a minute', async () => {
    await ten(MINUTE - 1);
    assert.equal(brake.on, true);
    await time.advance(MINUTE - 1);
    assert.equal(brake.on, true);
    await time.advance(1);
    assert.equal(brake.on, false);
  });

  it('is not on while the ten stretch over a minute', async () => {
    await ten(MINUTE);
    assert.equal(brake.on, false);
    brake.note();
    assert.equal(brake.on, true, 'these are ten in a minute');
  });

  it('counts from zero afterwards', async () => {
    await ten(0);
    await time.advance(MINUTE);
    for (let i = 0; i < 9; i += 1) brake.note();
    assert.equal(brake.on, false);
    brake.note();
    assert.equal(brake.on, true);
  });
});
