import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { transpile } from 'typescript';
import { ROOT } from '../../scripts/support/project';
import { stampBuildDate } from '../../scripts/support/stamp-build-date';

describe('The stamp of the build date', () => {
  it('makes the compiled constant the time of the build', () => {
    const source = readFileSync(path.join(ROOT, 'nodes/send-async/build-date.ts'), 'utf8');
    const now = Date.parse('2031-02-03T04:05:06.789Z');
    const exports: { BUILD_DATE?: number } = {};
    runInNewContext(stampBuildDate(transpile(source), now), { exports, Date });
    assert.equal(exports.BUILD_DATE, now);
  });

  it('sets a date that is set already, and refuses code that has none', () => {
    const code = "exports.BUILD_DATE = Date.parse('2030-01-01T00:00:00.000Z');";
    assert.equal(stampBuildDate(code, Date.parse('2030-01-01T00:00:00Z')), code);
    assert.throws(() => stampBuildDate('exports.BUILD_DATE = 0;', 0), /has no build date to set/);
  });
});
