import assert from 'node:assert/strict';
import type { TestRunner } from '../test-runner';
import { endTests } from './ends';
import { statusTests } from './friends-and-status';
import { messageTests } from './ordinary-messages';
import { packetTests } from './packets';
import { type TransportPair, type TransportTest, TransportUnderTest } from './transport-under-test';

/**
 * What every Transport must do. One connection serves all tests, since a real one takes long to make: they run in
 * their order, and only the last ones end it.
 * @param open gives the two transports; called once, in the first test that runs
 */
export function transportSuite(
  { describe, it, after }: TestRunner,
  name: string,
  open: () => Promise<TransportPair>,
): void {
  describe(`transport: ${name}`, () => {
    let pair: TransportPair | undefined;
    let started: Promise<TransportUnderTest> | undefined;
    const start = async (): Promise<TransportUnderTest> => {
      pair = await open();
      return TransportUnderTest.start(pair);
    };
    const test: TransportTest = (title, body) => {
      it(title, async () => {
        started ??= start();
        const under = await started;
        under.clear();
        await body(under);
        assert.deepEqual(under.breaches, []);
      });
    };
    after(() => pair?.close());
    statusTests(test);
    packetTests(test);
    messageTests(test);
    endTests(test);
  });
}
