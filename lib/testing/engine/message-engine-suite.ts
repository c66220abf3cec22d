import type { TestRunner } from '../test-runner';
import { countingTests } from './counting';
import { type EngineAtWork, type EngineTest, EngineUnderTest } from './engine-under-test';
import { keepingTimeTests } from './keeping-time';
import { limitTests } from './limits';
import { mailboxTests } from './mailboxes';

/**
 * What every MessageEngine must do.
 * @param open gives a new, empty engine; called once for each test
 */
export function messageEngineSuite(
  { describe, it }: TestRunner,
  name: string,
  open: () => Promise<EngineAtWork>,
): void {
  describe(`message engine: ${name}`, () => {
    const test: EngineTest = (title, body) => {
      it(title, async () => {
        const under = new EngineUnderTest(await open());
        try {
          await body(under);
        } finally {
          await under.close();
        }
      });
    };
    mailboxTests(test);
    keepingTimeTests(test);
    countingTests(test);
    limitTests(test);
  });
}
