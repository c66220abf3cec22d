import assert from 'node:assert/strict';
import { billOfMaterials } from '../../../scripts/release/bill-of-materials';
import { lockPackages } from '../../../scripts/release/lock-packages';
import { MANIFEST } from '../../../scripts/support/project';

describe('The bill of materials', function () {
  this.timeout(60_000);

  it('names the package, and every package that is installed with it, and no other', async () => {
    const { bomFormat, metadata, components, dependencies } = await billOfMaterials();
    assert.equal(bomFormat, 'CycloneDX');
    assert.deepEqual(
      [metadata.component.name, metadata.component.version],
      [MANIFEST.name, MANIFEST.version],
    );
    const named = [...new Set(components.map(({ name, version }) => `${name}@${version}`))].sort();
    const expected = lockPackages()
      .filter(({ ships }) => ships)
      .map(({ name, version }) => `${name}@${version}`)
      .sort();
    assert.deepEqual(named, expected);
    const [ours] = dependencies.filter(({ ref }) => ref === `${MANIFEST.name}@${MANIFEST.version}`);
    const direct = Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.optionalDependencies });
    assert.deepEqual(ours?.dependsOn.map((id) => id.slice(0, id.lastIndexOf('@'))).sort(), direct.sort());
  });
});
