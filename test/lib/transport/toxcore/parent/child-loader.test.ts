import assert from 'node:assert/strict';
import { childModule } from '../../../../../lib/transport/toxcore/parent/child-loader';

describe("options of libtoxcore's process", () => {
  it('keep its heap small', () => {
    assert.ok(childModule().execArgv.includes('--max-semi-space-size=1'));
  });
});
