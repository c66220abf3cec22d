import { DEFAULT_STORAGE_CAP_BYTES, MAX_STORAGE_BYTES } from '../../constants';
import { mostOn } from '../../storage/engine-capacity';
import { openLocalEngine } from '../../storage/local/local-engine';
import type { MessageEngine } from '../../storage/message-engine';
import type { MessageStorageOptions } from '../../storage/message-storage';
import { openPostgresEngine } from '../../storage/postgres/postgres-engine';
import { BYTES_PER_MESSAGE, StorageCapacity } from '../../storage/storage-capacity';
import { systemMemoryBytes } from '../../platform/system/memory';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { ResolvedOptions } from '../open-identity';

/** Where the mail for others lies, and how much may lie there. */
export interface MailPlace {
  readonly engine: MessageEngine;
  readonly capacity: MessageStorageOptions['capacity'];
  /** False while nothing more fits beside what else is on the disk. */
  readonly hasRoom: () => boolean;
  close(): Promise<void>;
}

/** @throws ErrInvalidArgument settings of a database that cannot be used */
export async function openMailPlace(options: ResolvedOptions, directory: DataDirectory): Promise<MailPlace> {
  const { crypto, mailDatabase, storageCapBytes: capBytes = DEFAULT_STORAGE_CAP_BYTES } = options;
  if (mailDatabase === undefined) {
    const { store, ages } = directory;
    return {
      engine: openLocalEngine({ store, crypto, ages }),
      capacity: new StorageCapacity({
        path: directory.path,
        ...mostOn(store.engine, systemMemoryBytes()),
        capBytes,
        ...(options.diskSpace === undefined ? {} : { probe: options.diskSpace }),
      }),
      hasRoom: () => directory.space.hasRoom(),
      close: () => Promise.resolve(),
    };
  }
  const { clock, timers } = options.platform;
  const engine = await openPostgresEngine({ database: mailDatabase, clock, timers, log: options.log });
  return { engine, capacity: fixedCapacity(capBytes), hasRoom: () => true, close: () => engine.close() };
}

/** The disk of a database is not ours to measure: the user says how much may lie there. */
function fixedCapacity(capBytes: number): MessageStorageOptions['capacity'] {
  const bytes = Math.min(capBytes, MAX_STORAGE_BYTES);
  return { bytes, messages: Math.floor(bytes / BYTES_PER_MESSAGE), update: () => Promise.resolve() };
}
