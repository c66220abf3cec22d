import type { TestRunner } from '../test-runner';
import { closingTests } from './closing';
import { committingTests } from './committing';
import { playHistory } from './histories';
import { readingTests } from './reading';
import { type StorePlace, type StoreTest, StoreUnderTest } from './store-under-test';

/** How long the suite runs. */
export interface StoreSuiteOptions {
  /** Random histories to play; each opens the store up to four times. Default 25. */
  readonly histories?: number;
}

/**
 * What every Store guarantees (the contract: `Store` of the library).
 * @param makePlace makes a new, empty place; called at least once for each test
 */
export function storeSuite(
  { describe, it }: TestRunner,
  name: string,
  makePlace: () => Promise<StorePlace>,
  options: StoreSuiteOptions = {},
): void {
  describe(`the store on ${name}`, () => {
    const test: StoreTest = (title, body) => {
      it(title, async () => {
        const under = await StoreUnderTest.open(makePlace);
        try {
          await body(under);
        } finally {
          await under.remove();
        }
      });
    };
    readingTests(test);
    committingTests(test);
    closingTests(test);
    it('holds after any history what a plain map would hold', async () => {
      for (let seed = 1; seed <= (options.histories ?? 25); seed += 1) await playHistory(seed, makePlace);
    });
  });
}
