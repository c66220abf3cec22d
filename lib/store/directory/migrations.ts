import type { Disk } from '../../platform/disk';
import type { ManifestFile } from './manifest';
import type { Store } from '../store';

/** What a migration may change. */
export interface MigratedDirectory {
  readonly disk: Disk;
  readonly folder: string;
  /** Open, and nobody else uses it yet. */
  readonly store: Store;
}

/**
 * Brings a directory from one format to the next. It may be cut short at any step and then runs again from its
 * start, so it must bear meeting what it has already changed.
 */
export type Migration = (directory: MigratedDirectory) => Promise<void>;

/** The first one leads from format 1 to format 2, and so on. Once released, one is never changed or taken out. */
export const MIGRATIONS: readonly Migration[] = [];

/** The format that these migrations lead to: what this version reads and writes. */
export function formatAfter(migrations: readonly Migration[]): number {
  return 1 + migrations.length;
}

/**
 * Runs what a directory of an older format still needs, in order. The manifest follows after each step, so a step
 * that finished is never run again.
 * @throws whatever a migration throws; ErrLocalStorageFull, ErrStore
 */
export async function migrate(
  directory: MigratedDirectory,
  manifest: ManifestFile,
  migrations: readonly Migration[],
): Promise<void> {
  for (const [index, step] of migrations.entries()) {
    if (index + 1 < manifest.now.format) continue;
    await step(directory);
    await manifest.change({ format: index + 2 });
  }
}
