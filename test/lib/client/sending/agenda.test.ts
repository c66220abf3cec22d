import assert from 'node:assert/strict';
import { Agenda } from '../../../../lib/client/sending/agenda';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

interface Named {
  readonly name: string;
}

describe('the agenda', () => {
  let time: SimulatedTime;
  /** Seconds by which ages are ahead. */
  let slept: number;
  let due: string[];
  let agenda: Agenda<Named>;
  const [a, b] = [{ name: 'a' }, { name: 'b' }];

  beforeEach(() => {
    time = new SimulatedTime();
    slept = 0;
    due = [];
    const ages = { now: () => slept + Math.floor(time.clock.monotonic() / 1000) };
    agenda = new Agenda<Named>(
      { clock: time.clock, timers: time.timers, ages },
      { onDue: ({ name }) => due.push(name), onSlept: () => due.push('slept') },
    );
    agenda.start();
  });

  async function pass(ms: number): Promise<string[]> {
    await time.advance(ms);
    return due.splice(0);
  }

  it('names each entry once, when its time comes', async () => {
    agenda.put(b, 3_000);
    agenda.put(a, 2_000);
    assert.deepEqual(await pass(1_999), []);
    assert.deepEqual(await pass(1), ['a']);
    assert.deepEqual(await pass(2_000), ['b']);
    assert.deepEqual(await pass(200_000), []);
  });

  it('keeps the earliest time of each entry', async () => {
    for (const at of [5_000, 2_000, 9_000]) agenda.put(a, at);
    assert.deepEqual(await pass(10_000), ['a']);
    agenda.put(a, Infinity);
    assert.deepEqual(await pass(200_000), []);
  });

  it('forgets what is finished', async () => {
    agenda.put(a, 1_000);
    agenda.put(b, 1_000);
    agenda.drop(a);
    assert.deepEqual(await pass(2_000), ['b']);
  });

  it('has one timer for all, and none without an entry', async () => {
    assert.equal(time.pendingTimers, 0);
    for (let i = 1; i <= 10_000; i += 1) agenda.put({ name: `${i}` }, i * 1_000);
    assert.equal(time.pendingTimers, 1);
    agenda.stop();
    assert.equal(time.pendingTimers, 0);
    assert.deepEqual(await pass(200_000), []);
    agenda.put(a, 300_000);
    assert.equal(time.pendingTimers, 0, 'nor while it is stopped');
  });

  for (const [date, minutes] of [
    [480_000, 1],
    [4_800_000, 10],
  ] as const) {
    it(`notices within ${minutes} min that the machine slept while the first date is ${date} ms off`, async () => {
      agenda.put(a, date);
      slept = 1_000;
      assert.deepEqual(await pass(minutes * 60_000), ['slept']);
      assert.deepEqual(await pass(minutes * 60_000), []);
    });
  }

  it('looks at the clocks seldom while its first date is far off, and once a minute at most', async () => {
    agenda.put(a, 20 * 3_600_000);
    const clocks = { looks: 0 };
    const monotonic = time.clock.monotonic.bind(time.clock);
    time.clock.monotonic = () => {
      clocks.looks += 1;
      return monotonic();
    };
    await pass(3_600_000);
    assert.equal(clocks.looks, 0, 'in the first hour');
    await pass(18.9 * 3_600_000);
    const before = clocks.looks;
    await pass(300_000);
    assert.ok(clocks.looks - before <= 5 * 4, 'a few for each ring');
  });

  it('knows when ages will have come', async () => {
    await pass(10_000);
    slept = 100;
    assert.equal(agenda.timeOf(150), 50_000);
  });
});
