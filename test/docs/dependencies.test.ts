import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { readPage } from './support/pages';

type Names = Readonly<Record<string, string>>;
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Names;
  readonly optionalDependencies: Names;
  readonly peerDependencies: Names;
  readonly devDependencies: Names;
};

describe('docs/DEPENDENCIES.md', () => {
  const { text } = readPage('docs/DEPENDENCIES.md');

  /** The packages in the first column of a section's table. */
  const rowsOf = (heading: string): string[] => {
    const [, rest = ''] = text.split(`\n## ${heading}\n`);
    const [section = ''] = rest.split('\n## ');
    const cells = [...section.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
    return cells.flatMap((cell) => cell.replaceAll('`', '').split(', ')).sort();
  };

  it('has a row for every package that package.json names, and no others', () => {
    const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifest;
    const names = (...lists: readonly Names[]) => lists.flatMap((list) => Object.keys(list)).sort();
    assert.deepEqual(rowsOf('Runtime'), names(dependencies));
    assert.deepEqual(rowsOf('Optional'), names(optionalDependencies));
    assert.deepEqual(rowsOf('Installed by those who need it'), names(peerDependencies));
    assert.deepEqual(rowsOf('Development'), names(devDependencies));
  });
});
