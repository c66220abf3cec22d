import { MANIFEST } from '../support/project';
import { run } from '../support/run';
import { lockPackages } from './lock-packages';

/** What is read of a CycloneDX document. */
export interface BillOfMaterials {
  readonly bomFormat: string;
  metadata: { component: { name: string; version: string } };
  components: { name: string; version: string; 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/**
 * What is installed with the package, in CycloneDX' form: npm's bill of the lock file without what only a clone has.
 * (npm's own `--omit dev` leaves out packages that both need.)
 */
export async function billOfMaterials(): Promise<BillOfMaterials> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const bill = JSON.parse(await run('npm', args, { quiet: true })) as BillOfMaterials;
  const { component } = bill.metadata;
  const shipped = lockPackages().filter(({ ships }) => ships);
  const ids = new Set([component, ...shipped].map(({ name, version }) => `${name}@${version}`));
  ids.add(`${MANIFEST.name}@${MANIFEST.version}`);
  // npm calls it by the name of the folder.
  component.name = MANIFEST.name;
  bill.components = bill.components.filter((each) => ids.has(each['bom-ref']));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => ids.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((id) => ids.has(id)) }));
  return bill;
}
