import assert from 'node:assert/strict';
import { CrashWorld, type CrashDevice } from './support/crash-world';
import { leftoversOf } from './support/leftovers';
import { COMMIT_POINTS, type FaultPlan, MACHINE_POINTS } from './support/life';

const FULL = process.env['FULL'] === '1';
/** Worlds, each of three devices, and crashes in each of them. */
const SEEDS = FULL ? 500 : 16;
const CRASHES = 25;
/** One world again: `SEED=crash-7 npx mocha test/chaos/crashes-in-memory.test.ts` */
const ONLY = process.env['SEED'];
const MINUTE = 60_000;

describe('after crashes at any step, with torn and lost writes', function () {
  this.timeout(FULL ? 3_600_000 : 120_000);
  const totals = { crashes: 0, planned: 0, envelopes: 0, accepted: 0, redelivered: 0, overdue: 0 };

  const seeds = ONLY ? [ONLY] : Array.from({ length: SEEDS }, (_, i) => `crash-${i}`);
  for (const seed of seeds) {
    it(`nothing accepted is lost, doubled or sealed twice to one key (SEED=${seed})`, async () => {
      const world = new CrashWorld(seed);
      for (const name of ['Device', 'Phone', 'Home Pi']) await world.add(name);
      await world.time.advance(10_000);
      for (let crash = 0; crash < CRASHES; crash += 1) {
        await oneCrash(world, totals);
        assert.deepEqual(world.violations, [], `after ${crash + 1} crashes`);
      }
      await assertAllArrived(world);
      totals.envelopes += world.watch.envelopes;
      totals.accepted += world.ledger.counts.accepted;
      totals.redelivered += world.ledger.counts.redelivered;
      totals.overdue += world.ledger.counts.overdue;
    });
  }

  after(() => {
    console.log(`      ${JSON.stringify(totals)}`);
    if (ONLY) return;
    // Otherwise the crashes met nobody at work.
    assert.ok(totals.planned > totals.crashes / 3 && totals.redelivered > 0 && totals.overdue > 0);
  });
});

async function oneCrash(world: CrashWorld, totals: { crashes: number; planned: number }): Promise<void> {
  const { devices, time } = world;
  const victim = world.pick(devices);
  const others = devices.filter((device) => device !== victim);
  if (world.below(3) === 0) await world.pick(others).setOnline(false);
  if (world.below(3) === 0) await world.pick(others).setOnline(true);
  victim.life.arm(world.below(5) > 0 ? planOf(world) : undefined);
  await activity(world, victim);
  await time.advance(world.below(4) * 500);
  if (victim.life.dead) totals.planned += 1;
  totals.crashes += 1;
  victim.die(how(world));
  await whileDown(world, victim);
  // Some starts fail as well, and some devices die just after one.
  while (!(await victim.start(world.below(4) === 0 ? planOf(world) : undefined)) || victim.life.dead) {
    totals.crashes += 1;
    totals.planned += 1;
    victim.die(how(world));
  }
  victim.life.arm(undefined);
}

/** Messages in all directions, some of them at the same time. */
async function activity(world: CrashWorld, victim: CrashDevice): Promise<void> {
  for (let i = 2 + world.below(8); i > 0; i -= 1) {
    const from = world.pick([victim, ...world.devices]);
    const to = world.pick([victim, ...world.devices].filter((device) => device !== from));
    if (from.isRunning) from.send(to);
    if (world.below(3) === 0) await world.time.advance(world.below(60));
  }
}

async function whileDown(world: CrashWorld, victim: CrashDevice): Promise<void> {
  for (const device of world.devices) {
    if (device !== victim && world.below(3) === 0) device.send(victim);
  }
  await world.time.advance(world.pick([0, 5, 1000, 40_000]));
}

/** Mostly an early occurrence: a few messages make a few commits and packets, and fewer writes. */
function planOf(world: CrashWorld): FaultPlan {
  const points = world.below(2) === 0 ? MACHINE_POINTS : COMMIT_POINTS;
  return { point: world.pick<FaultPlan['point']>(points), occurrence: 1 + world.below(1 + world.below(8)) };
}

function how(world: CrashWorld): 'kill' | 'power-cut' {
  return world.pick(['kill', 'power-cut'] as const);
}

/** With everybody back, everything accepted arrives, everybody learns of it, and nothing is left lying about. */
async function assertAllArrived(world: CrashWorld): Promise<void> {
  const { devices, ledger } = world;
  for (const device of devices) {
    device.life.arm(undefined);
    await device.setOnline(true);
  }
  await world.until(() => ledger.open.length === 0, 60 * MINUTE);
  assert.deepEqual(ledger.open, []);
  // The receipt that was the answer to a delivery is owed until it was confirmed at a meeting. A message whose sender died
  // before it heard that it is accepted is no promise, so it may still wait for a key: it goes at the first meeting.
  for (const online of [false, true, false, true]) {
    for (const device of devices) await device.setOnline(online);
    await world.time.advance(1_000);
  }
  await world.until(
    () => devices.every((device) => leftoversOf(device.volume.index).length === 0),
    60 * MINUTE,
  );
  for (const device of devices) {
    assert.deepEqual(leftoversOf(device.volume.index), [], device.name);
    assert.deepEqual(device.errors, [], device.name);
  }
  assert.deepEqual(world.violations, []);
  for (const holder of devices) {
    for (const owner of devices) {
      if (holder === owner) continue;
      const held = holder.manager.getPreKeyStats().get(hex(owner))?.held ?? 0;
      const issued = owner.manager.getPreKeyStats().get(hex(holder))?.issued ?? 0;
      assert.ok(
        held > 0 && held <= issued,
        `${holder.name} holds ${held} of ${issued} keys of ${owner.name}`,
      );
    }
  }
}

function hex({ publicKey }: CrashDevice): string {
  return Buffer.from(publicKey).toString('hex');
}
