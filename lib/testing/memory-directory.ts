import type { Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
import type { Platform } from '../platform/platform';
import { type Logger, silentLogger } from '../types';
import { type MemoryVolume, openMemoryStore } from './memory-store';
import { Closers, type DataDirectory, openParts } from '../store/directory/open-parts';
import { openSlotCipher } from '../store/vault/vault-key';
import type { SpaceSizes } from '../store/directory/space-guard';

/** Where a data directory in memory lies. */
export interface MemoryDirectoryOptions {
  /** Its disk holds the vault: a MemoryDisk. */
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  /** Holds the records; one directory at a time has it. */
  readonly volume: MemoryVolume;
  readonly log?: Logger;
  readonly space?: SpaceSizes;
  /** Seals the vault. */
  readonly passphrase?: Passphrase;
}

/** Where it lies on the platform's disk. */
const FOLDER = '/data';
/** A simulation has many of these. */
const SMALL: SpaceSizes = { limitBytes: 65_536, reserveBytes: 4096 };

/** A data directory without a real file, lock or manifest, for simulations; volume and disk outlive it. */
export async function openMemoryDirectory(options: MemoryDirectoryOptions): Promise<DataDirectory> {
  const { log = silentLogger, space = SMALL, volume } = options;
  const closers = new Closers(options.platform.timers);
  try {
    await options.platform.disk.makeFolder(FOLDER);
    const openStore = () => openMemoryStore(volume);
    const { disk, random } = options.platform;
    const openSeal = () => openSlotCipher({ ...options, disk, random, folder: FOLDER });
    return await openParts({ ...options, path: FOLDER, log, space, openStore, openSeal }, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}
