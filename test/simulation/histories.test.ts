import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertMessagesAreTheirs, assertNothingOpens } from './support/conclusions';
import { History } from './support/history';
import { DEAD_KEYS, scenarios, type Scenario } from './support/steps';

const FULL = process.env['FULL'] === '1';
const HISTORIES = FULL ? 500 : 24;
const MOST_STEPS = 120;
/** One history again, or one in the course of shrinking: `REPLAY='1 7:0:2' npx mocha test/simulation` */
const [SEED = '20260', PATH] = process.env['REPLAY']?.split(' ') ?? [];
/** How long fewer steps are looked for that still fail, milliseconds. */
const SHRINKING = FULL ? 600_000 : 60_000;

describe('any history of devices that send, crash, lose, restore and are attacked', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);
  const totals = {
    steps: 0,
    accepted: 0,
    restores: 0,
    takeOvers: 0,
    envelopes: 0,
    attacks: 0,
    shared: 0,
    resealed: 0,
    unknownTags: 0,
  };

  it('delivers once or reports, agrees on keys, and opens to no thief', async () => {
    let failedAt: number | undefined;
    const property = fc.asyncProperty(scenarios(MOST_STEPS), async (scenario) => {
      if (failedAt !== undefined) fc.pre(performance.now() - failedAt < SHRINKING);
      try {
        await runHistory(scenario);
      } catch (error) {
        failedAt ??= performance.now();
        throw error;
      }
    });
    const examples: [Scenario][] = [[DEAD_KEYS]];
    const result = await fc.check(property, {
      seed: Number(SEED),
      numRuns: HISTORIES,
      examples,
      ...(PATH === undefined ? {} : { path: PATH }),
    });
    if (result.failed) assert.fail(report(result));
    console.log(`      ${JSON.stringify(totals)}`);
    if (PATH !== undefined) return;
    assert.ok(totals.restores > 0 && totals.takeOvers > 0 && totals.attacks > totals.accepted / 2);
    assert.ok(totals.shared > 0, 'no copy sealed to a key that its original used');
    assert.ok(totals.resealed > 0, 'no message lost its key');
    assert.ok(totals.unknownTags > 0, 'no delivery was answered with unknown-tag');
  });

  async function runHistory(scenario: Scenario): Promise<void> {
    const history = new History(scenario);
    try {
      await history.begin();
      for (const step of scenario.steps) {
        await history.step(step);
        assert.deepEqual(history.violations, []);
      }
      assert.deepEqual(await history.missing(), []);
      assert.deepEqual(history.violations, []);
      for (const [holder, owner, held, alive] of history.keys()) {
        assert.ok(held > 0 && held <= alive, `${holder} holds ${held} of ${alive} live keys of ${owner}`);
      }
      for (const [device, dead] of history.deadKeys()) assert.deepEqual(dead, [], `dead keys at ${device}`);
      totals.resealed += assertMessagesAreTheirs(history);
      totals.attacks += assertNothingOpens(history);
    } finally {
      await history.end();
    }
    totals.steps += scenario.steps.length;
    totals.accepted += history.ledger.sent.size;
    totals.restores += history.counts.restores;
    totals.takeOvers += history.counts.takeOvers;
    totals.shared += history.observer.sharedKeys().length;
    totals.envelopes += history.observer.seen.length;
    totals.unknownTags += history.observer.unknownTags;
  }
});

/** The fault, how to see it again, and the fewest steps that were found to show it. */
function report({
  seed,
  counterexample,
  counterexamplePath,
  errorInstance,
}: fc.RunDetails<[Scenario]>): string {
  const fault = errorInstance instanceof Error ? errorInstance.stack : fc.stringify(errorInstance);
  const replay = `REPLAY='${seed} ${counterexamplePath ?? ''}'`;
  return `${fault ?? ''}\n${replay}\n${fc.stringify(counterexample).replaceAll(' ms,', ' ms,\n')}`;
}
