import assert from 'node:assert/strict';
import { reportOf } from './support/town/report';
import { makePlan, type TownSize } from './support/town/plans/make-plan';
import { runTown } from './support/town/run-town';

const FULL = process.env['FULL'] === '1';
const SIZE: TownSize = { users: 8, messages: 400, days: 1, pace: 4 };
/** One town again: `SEED=town-3 npx mocha test/simulation/towns.test.ts`; larger ones: `npm run reliability`. */
const SEEDS =
  process.env['SEED']?.split(',') ?? Array.from({ length: FULL ? 20 : 1 }, (_, i) => `town-${i + 1}`);

describe('towns whose residents come, go, crash, lose, restore and lie', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);

  it('replay from their plan to the last byte', async () => {
    const plan = makePlan('once', { users: 4, messages: 40, days: 0.15, pace: 20 });
    const [first, second] = [await runTown(plan), await runTown(structuredClone(plan))];
    assert.ok(first.figures.accepted > 5 && (first.figures.incidents.crash ?? 0) > 0);
    assert.equal(first.history, second.history);
  });

  for (const seed of SEEDS) {
    it(`lose and double no message and end each once (SEED=${seed})`, async () => {
      const { violations, figures } = await runTown(makePlan(seed, SIZE));
      assert.deepEqual(violations, []);
      // Otherwise the oracle let everything pass.
      const { direct, stored } = figures.owed;
      assert.ok(direct + stored > figures.accepted / 2 && stored > figures.accepted / 50);
      console.log(reportOf(figures).replaceAll(/^/gm, '      '));
    });
  }
});
