/** `npm run licences`: writes docs/LICENCES.md. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../support/project';
import { licencePage } from './licence-page';

const PAGE = path.join(ROOT, 'docs/LICENCES.md');

writeFile(PAGE, licencePage()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
