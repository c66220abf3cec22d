import assert from 'node:assert/strict';
import { chooseSuites } from '../../scripts/support/choose-suites';

const lint = { name: 'lint' };
const unit = { name: 'unit', folders: ['test/lib', 'test/lint'] };
const nodes = { name: 'nodes', folders: ['test/nodes'] };
const build = { name: 'build' };
const packed = { name: 'package', folders: ['test/package'], needs: 'build' };
const choose = (...words: string[]) => chooseSuites([lint, unit, nodes], words);

describe('The words after `npm test --`', () => {
  it('choose every suite when there are none', () => {
    assert.deepEqual(choose(), { suites: [lint, unit, nodes] });
  });

  it('choose one suite by its name', () => {
    assert.deepEqual(choose('unit'), { suites: [unit] });
    assert.deepEqual(choose('lint'), { suites: [lint] });
  });

  it('choose the suite that the chosen one needs, too, and run it first', () => {
    const all = [lint, build, unit, packed];
    assert.deepEqual(chooseSuites(all, ['package']), { suites: [build, packed] });
    assert.deepEqual(chooseSuites(all, ['build']), { suites: [build] });
  });

  it('choose folders of a suite, at any depth', () => {
    assert.deepEqual(choose('unit', 'client'), { suites: [unit], folders: ['test/lib/client'] });
    assert.deepEqual(choose('nodes', 'session'), { suites: [nodes], folders: ['test/nodes/session'] });
    assert.deepEqual(choose('unit', 'store/nedb', 'lint'), {
      suites: [unit],
      folders: ['test/lib/store/nedb', 'test/lint'],
    });
  });

  it('name the suites when there is none of that name', () => {
    assert.throws(() => choose('client'), /no suite 'client'\. Suites: lint, unit, nodes\./);
  });

  it("name the suite's folders when it has none of that name", () => {
    assert.throws(
      () => choose('unit', 'cleint'),
      /unit has no folder 'cleint'\. Folders: lib, .*client, .*lint/,
    );
    assert.throws(() => choose('lint', 'client'), /lint has no folders to choose from/);
  });
});
