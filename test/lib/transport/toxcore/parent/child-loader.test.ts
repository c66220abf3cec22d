import assert from 'node:assert/strict';
import { childModule, loadersIn } from '../../../../../lib/transport/toxcore/parent/child-loader';

describe("options of libtoxcore's process", () => {
  it('keep its heap small', () => {
    assert.ok(childModule().execArgv.includes('--max-semi-space-size=1'));
  });

  it('are the loaders of its parent, in either spelling', () => {
    const loaders = ['--require', 'a', '-r', 'b', '--import', 'c', '--require=d', '--import=e=f'];
    assert.deepEqual(loadersIn(loaders), loaders);
  });

  it("leave out a debugger's port, and the parent's own program", () => {
    assert.deepEqual(loadersIn(['--inspect=9229', '--eval', 'start()', '-p', '1', '--require', 'a']), [
      '--require',
      'a',
    ]);
  });
});
