import assert from 'node:assert/strict';
import { loadersIn } from '../../../../lib/platform/system/loaders';

describe('the options for Node that a child process takes over', () => {
  it('are the loaders of its parent, in either spelling', () => {
    const loaders = ['--require', 'a', '-r', 'b', '--import', 'c', '--require=d', '--import=e=f'];
    assert.deepEqual(loadersIn(loaders), loaders);
  });

  it("leave out a debugger's port, and the parent's own program", () => {
    const given = ['--inspect=9229', '--inspect-brk', '--eval', 'start()', '-p', '1', '--require', 'a'];
    assert.deepEqual(loadersIn(given), ['--require', 'a']);
  });
});
