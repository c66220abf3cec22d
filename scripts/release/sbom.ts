/** `npm run sbom`: writes the bill of materials into .cache/sbom.json. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../support/project';
import { billOfMaterials } from './bill-of-materials';

async function main(): Promise<void> {
  const bill = await billOfMaterials();
  const file = path.join(CACHE, 'sbom.json');
  await mkdir(CACHE, { recursive: true });
  await writeFile(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  console.log(`${bill.components.length} packages in ${file}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
