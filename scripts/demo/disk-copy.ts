import { type FSWatcher, watch } from 'node:fs';
import { cp, lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemDisk } from '../../lib/platform/system/system-disk';
import { LmdbReader } from '../../lib/store/lmdb/lmdb-reader';
import { readManifest } from '../../lib/store/directory/manifest';
import { formatAfter, MIGRATIONS } from '../../lib/store/directory/migrations';
import { openNedbStore } from '../../lib/store/nedb/nedb-store';
import type { Store } from '../../lib/store/store';

/** Generous: a machine under load must not fail the demo. */
const LIMIT_MS = 60_000;

/** Copies a data directory whose process is dead or frozen. */
export async function copyDirectory(folder: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  // The lock's sockets cannot be copied, and must not be.
  const filter = async (source: string) => {
    const stats = await lstat(source);
    return stats.isFile() || stats.isDirectory();
  };
  await cp(folder, target, { recursive: true, filter });
}

/** Opens the store in a copied data directory, and closes it after `look`. */
export async function lookIntoStore<T>(folder: string, look: (store: Store) => T): Promise<T> {
  const store = await openStore(folder);
  try {
    return look(store);
  } finally {
    await store.close();
  }
}

async function openStore(folder: string): Promise<Store> {
  const manifest = await readManifest(systemDisk, folder, formatAfter(MIGRATIONS));
  switch (manifest?.engine) {
    case 'lmdb':
      return lmdbToRead(path.join(folder, 'store.lmdb'));
    case 'nedb':
      return openNedbStore({ path: path.join(folder, 'store.nedb') });
    case undefined:
      throw new Error(`${folder} is no data directory.`);
  }
}

/** Without the thread that writes. */
function lmdbToRead(file: string): Store {
  const reader = new LmdbReader(file);
  return {
    engine: 'lmdb',
    get: (key) => reader.get(key),
    peek: (key, look) => {
      const value = reader.get(key);
      return value && look(value);
    },
    range: (options) => reader.range(options),
    batch: () => {
      throw new Error('A copy is only read.');
    },
    close: async () => reader.reset(),
  };
}

/**
 * Looks at once and whenever a file in `folder` changes.
 * @param missing says what is not as it should be, undefined when all is
 * @throws Error when that takes too long
 */
export async function whenFilesShow(
  what: string,
  folder: string,
  missing: () => Promise<string | undefined>,
): Promise<void> {
  const late = new AbortController();
  let wake: () => void = () => undefined;
  const watcher: FSWatcher = watch(folder, () => wake());
  const timer = setTimeout(() => {
    late.abort();
    wake();
  }, LIMIT_MS);
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const lack = await missing();
      if (lack === undefined) return;
      if (late.signal.aborted) throw new Error(`Waited ${LIMIT_MS / 1000} s for this: ${what}. ${lack}`);
      await changed;
    }
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}
