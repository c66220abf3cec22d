import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';

/**
 * Files and folders that are held open for as long as a directory is in use. When somebody deletes or replaces one,
 * what is written afterwards has no name and is gone at the next start, and nothing else would say so.
 */
export class HeldFiles {
  readonly #disk: Pick<Disk, 'identify'>;
  /** Path -> which file it was when it was opened. That cannot become another's while it stays open. */
  readonly #known = new Map<string, string>();

  private constructor(disk: Pick<Disk, 'identify'>) {
    this.#disk = disk;
  }

  /** To be called right after they were opened. Those that this system does not have are not looked at. */
  static async of(disk: Pick<Disk, 'identify'>, paths: readonly string[]): Promise<HeldFiles> {
    const held = new HeldFiles(disk);
    for (const path of paths) {
      const identity = await disk.identify(path);
      if (identity !== undefined) held.#known.set(path, identity);
    }
    return held;
  }

  /** The first that is not in its place now. @throws Node's error */
  async displaced(): Promise<string | undefined> {
    for (const [path, identity] of this.#known) {
      if ((await this.#disk.identify(path)) !== identity) return path;
    }
    return undefined;
  }
}

export function replacedError(path: string): ToxAsyncError {
  return new ToxAsyncError(
    'ErrDirectoryReplaced',
    `${path} was deleted or replaced while it was in use. Nothing new is accepted, because it would be lost. ` +
      `Put the original folder back, or restart Node-RED (or open the session again) to continue with the current one.`,
  );
}
