import assert from 'node:assert/strict';
import { CallTimetable } from '../../../lib/network/call-timetable';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';

describe('the timetable of calls to a peer', () => {
  let time: SimulatedTime;
  let timetable: CallTimetable;
  let begun: number;
  /** Milliseconds since the beginning. */
  let calls: number[];
  let unanswered: number[];

  beforeEach(() => {
    time = new SimulatedTime();
    begun = time.clock.monotonic();
    calls = [];
    unanswered = [];
    const now = () => time.clock.monotonic() - begun;
    timetable = new CallTimetable({
      clock: time.clock,
      timers: time.timers,
      call: () => calls.push(now()),
      onUnanswered: () => unanswered.push(now()),
    });
  });

  it('has three calls 10 s apart, one more 10 minutes after the last of them, and so on', async () => {
    timetable.begin(2_000);
    await time.advance(1_900_000);
    assert.deepEqual(calls, [2_000, 12_000, 22_000, 622_000, 1_222_000, 1_822_000]);
    assert.deepEqual(unanswered, [32_000]);
  });

  it('keeps a call that is due earlier than a new beginning', async () => {
    timetable.begin(1);
    await time.advance(8_000);
    timetable.begin(3_000);
    await time.advance(3_500);
    assert.deepEqual(calls, [1, 10_001]);
  });

  it('puts no call within 3 s of the last', async () => {
    timetable.begin(1);
    await time.advance(1_000);
    timetable.begin(0);
    await time.advance(2_000);
    assert.deepEqual(calls, [1]);
    await time.advance(1);
    assert.deepEqual(calls, [1, 3_001]);
  });

  it('begins three new calls with each beginning', async () => {
    timetable.begin(1);
    await time.advance(15_000);
    timetable.begin(0);
    await time.advance(25_000);
    assert.deepEqual(calls.length, 5);
    assert.deepEqual(unanswered, []);
  });

  it('forgets when it stops what was due, and begins as if for the first time', async () => {
    timetable.begin(1);
    await time.advance(1_000);
    timetable.stop();
    await time.advance(1_000);
    timetable.begin(20_000);
    await time.advance(19_999);
    assert.deepEqual(calls, [1]);
    await time.advance(1);
    assert.deepEqual(calls, [1, 22_000]);
  });
});
