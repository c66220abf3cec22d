import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { licencePage } from '../../../scripts/release/licence-page';
import { lockPackages } from '../../../scripts/release/lock-packages';
import { MANIFEST, ROOT } from '../../../scripts/support/project';

/** Licences that ask for no more than their own text, which lies in the folder of each package. */
const FINE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
];

describe('The licences', () => {
  it('are listed on their page as the lock file has them (npm run licences)', async () => {
    const page = readFileSync(path.join(ROOT, 'docs/LICENCES.md'), 'utf8');
    assert.equal(page, licencePage());
    assert.equal(page, await format(page, { parser: 'markdown', printWidth: 110 }));
  });

  it('of what is installed with the package allow that to everybody', () => {
    const shipped = lockPackages().filter(({ ships }) => ships);
    assert.deepEqual(
      shipped.filter(({ licence }) => !FINE.includes(licence)),
      [],
    );
    const names = shipped.map(({ name }) => name);
    for (const name of Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.optionalDependencies })) {
      assert.ok(names.includes(name), name);
    }
  });
});
