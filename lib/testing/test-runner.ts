/**
 * What a compliance suite needs of a test runner: mocha's globals, or the functions of node:test, fit as they are
 * (`{ describe, it, after }`); with vitest give `after: afterAll`. The suites check with node:assert.
 */
export interface TestRunner {
  /** Groups the tests that `body` defines. */
  readonly describe: (title: string, body: () => void) => unknown;
  /** Defines one test: it fails when `body` throws or rejects. */
  readonly it: (title: string, body: () => void | Promise<void>) => unknown;
  /** Runs `body` once after all tests of the group around it. */
  readonly after: (body: () => void | Promise<void>) => unknown;
}
