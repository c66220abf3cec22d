import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { openDataDirectory, type DataDirectory } from '../../lib/store/directory/data-directory';

const CACHE = path.resolve('.cache');

/** A folder on the disk of this checkout (a folder of temporary files may lie in memory), removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(path.join(CACHE, 'bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function withDirectory<T>(
  engine: 'lmdb' | 'nedb',
  use: (directory: DataDirectory) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const crypto = chooseCryptoProvider();
    const directory = await openDataDirectory({ platform: systemPlatform, crypto, path: folder, engine });
    try {
      return await use(directory);
    } finally {
      await directory.close();
    }
  });
}
