import path from 'node:path';
import type { Passphrase } from '../../crypto/pass-encryption';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import type { Platform } from '../../platform/platform';
import { type Logger, silentLogger } from '../../types';
import { LOCK, lockDirectory } from './directory-lock';
import { chooseStoreEngine } from './engine-choice';
import { lmdbAvailable, openLmdbStore } from '../lmdb/lmdb-store';
import { type StoreEngine, readManifest, writeManifest } from './manifest';
import { formatAfter, migrate, type Migration, MIGRATIONS } from './migrations';
import { openNedbStore } from '../nedb/nedb-store';
import { Closers, type DataDirectory, openParts } from './open-parts';
import type { SpaceSizes } from './space-guard';
import type { Store } from '../store';
import { storeError } from '../store-errors';
import { readVaultKey } from '../vault/vault-key';

export type { DataDirectory } from './open-parts';

/** Where a data directory lies, and what opens it. */
export interface DataDirectoryOptions {
  /** The real machine's: the lock and the engines use real files. */
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  /** The folder; made with mode 0700 when it does not exist. */
  readonly path: string;
  /** For a new directory; an existing one keeps its own. Default 'auto': lmdb where it loads, else nedb. */
  readonly engine?: 'lmdb' | 'nedb' | 'auto';
  readonly log?: Logger;
  /** See SpaceGuardOptions. */
  readonly space?: SpaceSizes;
  /** Seals the vault, one that was not sealed so far as well. */
  readonly passphrase?: Passphrase;
  /** Those of a later version, for tests. @internal */
  readonly migrations?: readonly Migration[];
}

const LMDB = 'store.lmdb';

/**
 * Opens or makes a data directory and holds it alone until `close`. One of an older format is brought to this
 * version's; one that is refused is left as it is.
 * @throws ErrIdentityInUse, ErrForeignDirectory, ErrMissingLibrary, ErrLocalStorageFull, ErrStore,
 * ErrPassphrase (it is sealed, and the passphrase is missing or another),
 * ErrInvalidArgument (a path too long for the lock)
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const {
    platform,
    engine: asked = 'auto',
    log = silentLogger,
    passphrase,
    migrations = MIGRATIONS,
  } = options;
  const { disk, clock } = platform;
  const folder = path.resolve(options.path);
  const newest = formatAfter(migrations);
  const choose = async (logger: Logger) => {
    const recorded = await readManifest(disk, folder, newest);
    const wish = { asked, recorded: recorded?.engine, lmdbLoads: lmdbAvailable() };
    return { recorded, engine: chooseStoreEngine(wish, logger) };
  };
  // Once to refuse before anything is touched, once when no other process can change it any more.
  await choose(silentLogger);
  await readVaultKey({ disk, folder, passphrase });
  await makeFolder(platform.disk, folder);
  const closers = new Closers();
  try {
    const lock = await lockDirectory(folder, platform);
    closers.add(() => lock.release());
    const { recorded, engine } = await choose(log);
    const manifest = recorded ?? { format: newest, engine, created: clock.wall() };
    if (recorded === undefined) await writeManifest(disk, folder, manifest);
    const openStore = async () => {
      const store = await openStoreEngine(engine, folder, platform);
      try {
        await migrate({ disk, folder, store }, manifest, migrations);
        return store;
      } catch (error) {
        await store.close();
        throw error;
      }
    };
    const held = engine === 'lmdb' ? [LOCK, LMDB] : [LOCK];
    return await openParts({ ...options, path: folder, log, openStore, held }, closers);
  } catch (error) {
    await closers.close().catch((closing: unknown) => {
      log.warn(`${folder} could not be closed after it failed to open: ${String(closing)}`);
    });
    throw storeError(error);
  }
}

async function makeFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.makeFolder(folder);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new ToxAsyncError(
      'ErrStore',
      `The data directory ${folder} cannot be created (${text}). Choose a folder that this process can write to.`,
      { cause: error },
    );
  }
}

function openStoreEngine(engine: StoreEngine, folder: string, { disk, timers }: Platform): Promise<Store> {
  switch (engine) {
    case 'lmdb':
      return openLmdbStore({ path: path.join(folder, LMDB), disk, timers });
    case 'nedb':
      return openNedbStore({ path: path.join(folder, 'store.nedb') });
  }
}
