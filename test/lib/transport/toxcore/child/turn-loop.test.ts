import assert from 'node:assert/strict';
import { SimulatedTime } from '../../../../../lib/testing/simulated-platform';
import { TurnLoop, type TurnResult } from '../../../../../lib/transport/toxcore/child/turn-loop';

const NOTHING: TurnResult = { happened: false, waiting: false, interval: 50 };

function loop(results: (now: number) => Partial<TurnResult> = () => ({})) {
  const time = new SimulatedTime();
  const turns: number[] = [];
  const now = () => time.clock.monotonic();
  const atOnce: (() => void)[] = [];
  const reader = { isBehind: false };
  const made = new TurnLoop({
    turn: () => {
      turns.push(now());
      return { ...NOTHING, ...results(now()) };
    },
    timers: time.timers,
    isBehind: () => reader.isBehind,
    immediately: (run) => {
      atOnce.push(run);
      return { cancel: () => atOnce.splice(atOnce.indexOf(run), 1) };
    },
    now,
  });
  return { made, time, turns, atOnce, reader };
}

describe('loop around libtoxcore', () => {
  it('turns as seldom as libtoxcore allows while nothing happens', async () => {
    const { made, time, turns } = loop();
    made.start();
    await time.advance(160);
    assert.deepEqual(turns, [0, 50, 100, 150]);
  });

  it('turns again at once after something happened, and every millisecond for a while', async () => {
    let happened = true;
    const { made, time, turns, atOnce } = loop(() => ({ happened }));
    made.start();
    assert.equal(atOnce.length, 1);
    happened = false;
    atOnce.shift()?.();
    assert.deepEqual(turns, [0, 0]);
    await time.advance(300);
    const busy = turns.filter((at) => at > 0 && at <= 50);
    assert.equal(busy.length, 50);
    assert.deepEqual(turns.slice(-4), [150, 200, 250, 300]);
  });

  it('turns within a millisecond after something to send, however often more is given', async () => {
    const { made, time, turns } = loop();
    made.start();
    await time.advance(10);
    for (let n = 0; n < 40; n += 1) {
      made.gave();
      assert.equal(time.pendingTimers, 1);
      await time.advance(0.25);
    }
    // 10 ms of orders, each a quarter of a millisecond after the one before.
    assert.ok(turns.length >= 9, turns.join());
  });

  it('leaves only one turn to come, also when something is given before one that comes at once', async () => {
    const { made, time, turns, atOnce } = loop((now) => ({ happened: now === 0 }));
    made.start();
    made.gave();
    assert.equal(time.pendingTimers, 0);
    await time.advance(5);
    assert.deepEqual(turns, [0]);
    atOnce.shift()?.();
    assert.equal(time.pendingTimers, 1);
    made.gave();
    assert.equal(time.pendingTimers, 1);
  });

  it('looks every 10 ms whether libtoxcore takes what waits, or sooner when it says so', async () => {
    let interval = 50;
    const { made, time, turns } = loop(() => ({ waiting: true, interval }));
    made.start();
    await time.advance(35);
    assert.deepEqual(turns, [0, 10, 20, 30]);
    interval = 4;
    await time.advance(20);
    assert.deepEqual(turns.slice(4), [40, 44, 48, 52]);
  });

  it('waits with the next turn until what the last one brought has been read', async () => {
    const { made, time, turns, atOnce, reader } = loop((now) => ({ happened: now === 0 }));
    reader.isBehind = true;
    made.start();
    made.gave();
    await time.advance(1000);
    assert.deepEqual([turns, atOnce.length, time.pendingTimers], [[0], 0, 0]);
    reader.isBehind = false;
    made.goOn();
    atOnce.shift()?.();
    assert.deepEqual(turns, [0, 1000]);
    made.goOn();
    assert.deepEqual([atOnce.length, time.pendingTimers], [0, 1]);
  });

  it('does not go on after its end', () => {
    const { made, atOnce, reader } = loop();
    reader.isBehind = true;
    made.start();
    made.end();
    made.goOn();
    assert.equal(atOnce.length, 0);
  });

  it('ends, also from within a turn', async () => {
    const { made, time, turns, atOnce } = loop((now) => {
      if (now >= 100) made.end();
      return { happened: now >= 100 };
    });
    made.start();
    await time.advance(500);
    assert.deepEqual(turns, [0, 50, 100]);
    made.gave();
    assert.deepEqual([atOnce.length, time.pendingTimers], [0, 0]);
  });
});
