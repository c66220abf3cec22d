import path from 'node:path';
import { fromHex, toHex } from '../../bytes';
import type { Passphrase } from '../../crypto/pass-encryption';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import type { Platform } from '../../platform/platform';
import { type Logger, silentLogger } from '../../types';
import { lockDirectory } from './lock/directory-lock';
import { LOCK } from './lock/lock-place';
import { chooseStoreEngine } from './engine-choice';
import { lmdbAvailable } from '../lmdb/lmdb-store';
import { LmdbThread } from '../lmdb/lmdb-thread';
import { checkEntryKinds } from './entry-kinds';
import { ManifestFile, readManifest } from './manifest';
import { formatAfter, migrate, type Migration, MIGRATIONS } from './migrations';
import { Closers, type DataDirectory, type DirectoryIdentity, openParts } from './open-parts';
import { openOwnStore, type OwnStoreOptions, setStoreAside, storeFileName } from './ownership/own-store';
import { openOwnSeal, setVaultKeyAside } from './ownership/own-seal';
import type { SpaceSizes } from './space-guard';
import { isLost, storeError } from '../store-errors';
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
  /**
   * Starts a part new that is lost, by the word that the refusal names: 'store-1a2b3c4d' (without its messages and keys)
   * or 'vault.key-1a2b3c4d' (without the one-time secrets). The word holds for that loss only; what is there of the part
   * is kept under another name.
   */
  readonly startNew?: string;
  /**
   * Given when the identity of the directory is lost and the user chose to start new: everything is. It is called first,
   * to put aside what is left of the identity.
   */
  readonly startOver?: () => Promise<void>;
  /** Those of a later version, for tests. @internal */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens or makes a data directory and holds it alone until `close`. One of an older format is brought to this
 * version's; one that is refused is left as it is. The manifest says which files belong to it: one of them that is
 * gone, spoiled or another's is refused, and never replaced.
 * @throws ErrIdentityInUse, ErrForeignDirectory, ErrMissingLibrary, ErrLocalStorageFull, ErrStore,
 * ErrPassphrase (it is sealed, and the passphrase is missing or another),
 * ErrInvalidArgument (a path too long for the lock)
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const { platform, engine: asked = 'auto', log = silentLogger, migrations = MIGRATIONS } = options;
  const { crypto, passphrase, startNew } = options;
  const { disk, clock } = platform;
  const folder = path.resolve(options.path);
  const newest = formatAfter(migrations);
  const closers = new Closers(platform.timers);
  let thread: LmdbThread | undefined;
  const look = async (logger: Logger) => {
    await checkEntryKinds(disk, folder);
    const recorded = await readManifest(disk, folder, newest);
    if (recorded?.engine === 'lmdb' && thread === undefined) {
      // Beside all that comes before the store is opened.
      const early = (thread = new LmdbThread());
      closers.add(() => early.end());
    }
    const wish = { asked, recorded: recorded?.engine, lmdbLoads: lmdbAvailable() };
    return { recorded, engine: chooseStoreEngine(wish, logger) };
  };
  try {
    // Once to refuse before anything is touched, once when no other process can change it any more.
    const first = await look(silentLogger);
    if (!options.startOver)
      await assertOpensVault({ disk, folder, crypto, passphrase, expected: first.recorded?.vaultKey });
    await makeFolder(platform.disk, folder);
    const lock = await lockDirectory(folder, platform);
    closers.whenAllEnded(() => lock.release());
    const { recorded, engine } = await look(log);
    const manifest = new ManifestFile(
      disk,
      folder,
      recorded ?? { format: newest, engine, created: clock.wall() },
    );
    if (recorded === undefined) await manifest.change({});
    const own = { platform, folder, manifest, log, startNew, thread };
    if (options.startOver) await startOver(options.startOver, own);
    const openStore = async () => {
      const store = await openOwnStore(own);
      try {
        await migrate({ disk, folder, store }, manifest, migrations);
        return store;
      } catch (error) {
        await store.close();
        throw error;
      }
    };
    const openSeal = () => openOwnSeal({ ...options, ...own });
    const held = engine === 'lmdb' ? [LOCK, storeFileName(engine)] : [LOCK];
    const parts = await openParts({ ...options, path: folder, log, openStore, openSeal, held }, closers);
    return { ...parts, identity: identityIn(manifest), onVisit: (receive) => lock.onVisit(receive) };
  } catch (error) {
    await closers.close().catch((closing: unknown) => {
      log.warn(`${folder} could not be closed after it failed to open: ${String(closing)}`);
    });
    throw storeError(error);
  }
}

/** A key that is lost is for openOwnSeal, which says how to start new without it. @throws ErrPassphrase, ErrStore */
async function assertOpensVault(options: Parameters<typeof readVaultKey>[0]): Promise<void> {
  try {
    await readVaultKey(options);
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}

/**
 * The public key of the identity that the manifest of a folder names; undefined when it names none, or is not there.
 * @throws ErrForeignDirectory, ErrStore
 */
export async function recordedIdentity(disk: Disk, folder: string): Promise<Uint8Array | undefined> {
  await checkEntryKinds(disk, path.resolve(folder));
  const manifest = await readManifest(disk, path.resolve(folder), formatAfter(MIGRATIONS));
  return manifest?.identity === undefined ? undefined : fromHex(manifest.identity);
}

function identityIn(manifest: ManifestFile): DirectoryIdentity {
  return {
    get publicKey() {
      return manifest.now.identity === undefined ? undefined : fromHex(manifest.now.identity);
    },
    record: async (publicKey) => {
      if (manifest.now.identity !== toHex(publicKey)) await manifest.change({ identity: toHex(publicKey) });
    },
  };
}

/** In this order, so that one cut short goes on with the same choice. */
async function startOver(setIdentityAside: () => Promise<void>, own: OwnStoreOptions): Promise<void> {
  const { manifest, platform, folder } = own;
  const { identity = '', store = identity, vaultKey } = manifest.now;
  await setIdentityAside();
  await setStoreAside(own, store);
  if (vaultKey !== undefined) await setVaultKeyAside(platform.disk, folder, vaultKey);
  await manifest.change({
    identity: undefined,
    store: undefined,
    closed: undefined,
    stamp: undefined,
    vaultKey: undefined,
  });
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
