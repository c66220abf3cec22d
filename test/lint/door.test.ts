import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkDoors, DOORS } from '../../scripts/support/door';
import { CACHE } from '../../scripts/support/project';

describe('The public doors', function () {
  this.timeout(120_000);

  it('mention no type that they do not export, and describe every export', () => {
    for (const [i, faults] of checkDoors().entries()) {
      assert.deepEqual(faults, { leaks: [], undocumented: [] }, DOORS[i]);
    }
  });

  it('are found wanting when a signature mentions a hidden type, or an export has no description', async () => {
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(path.join(CACHE, 'door-'));
    try {
      await writeFile(
        path.join(folder, 'parts.ts'),
        `export interface Hidden { x: number }
         export class Base {}
         export const DEFAULTS = { x: 1 };
         /** @internal */
         export interface Inner { x: number }`,
      );
      await writeFile(
        path.join(folder, 'index.ts'),
        `import { Base, DEFAULTS, type Hidden, type Inner } from './parts';
         /** Described. */
         export class Open extends Base {
           #secret?: Inner;
           /** @internal */
           inner?: Inner;
           give(all: ReadonlyMap<string, Hidden[]>): void { void [all, this.#secret]; }
         }
         export type Named = keyof typeof DEFAULTS;
         /** Described, and its type is inferred. */
         export const inferred = (): Hidden => ({ x: 1 });`,
      );
      assert.deepEqual(checkDoors(['index.ts'], folder), [
        {
          leaks: [
            'Named mentions DEFAULTS',
            'Open mentions Base',
            'Open mentions Hidden',
            'inferred mentions Hidden',
          ],
          undocumented: ['Named'],
        },
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
