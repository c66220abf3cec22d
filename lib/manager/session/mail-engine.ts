import { DEFAULT_STORAGE_CAP_BYTES, MAX_STORAGE_BYTES } from '../../constants';
import { labelledHash } from '../../crypto/labelled-hash';
import { ToxAsyncError } from '../../errors';
import { mostOn } from '../../storage/engine-capacity';
import type { FleetRegister } from '../../storage/fleet/fleet-register';
import { fleetMarksKey } from '../../storage/fleet/storage-fleet';
import { openLocalEngine } from '../../storage/local/local-engine';
import type { MessageEngine } from '../../storage/message-engine';
import type { MessageStorageOptions } from '../../storage/message-storage';
import type { MailOwner } from '../../storage/postgres/connection/ownership';
import { openPostgresEngine } from '../../storage/postgres/postgres-engine';
import { BYTES_PER_MESSAGE, StorageCapacity } from '../../storage/storage-capacity';
import { systemMemoryBytes } from '../../platform/system/memory';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { PublicKey } from '../../types';
import type { ResolvedOptions } from '../open-identity';

/** Label of the hash by which tables are known to be one's own. */
const OWNER = 'mail-owner';

/** Where the mail for others lies, and how much may lie there. */
export interface MailPlace {
  readonly engine: MessageEngine;
  readonly capacity: MessageStorageOptions['capacity'];
  /** False while nothing more fits beside what else is on the disk. */
  readonly hasRoom: () => boolean;
  /** Of a fleet. */
  readonly register?: FleetRegister;
  close(): Promise<void>;
}

/** @throws ErrInvalidArgument settings of a database that cannot be used, a fleet without anything to share */
export async function openMailPlace(
  options: ResolvedOptions,
  directory: DataDirectory,
  node: PublicKey,
): Promise<MailPlace> {
  const { mailDatabase, fleet, storageCapBytes: capBytes = DEFAULT_STORAGE_CAP_BYTES } = options;
  const elsewhere = { capacity: fixedCapacity(capBytes), hasRoom: () => true };
  if (fleet?.shared !== undefined) {
    return { ...fleet.shared, ...elsewhere, close: () => Promise.resolve() };
  }
  if (mailDatabase !== undefined) {
    const { clock, timers } = options.platform;
    const owner = ownerOf(options, node);
    const database = { database: mailDatabase, owner, clock, timers, log: options.log };
    const engine = await openPostgresEngine(database);
    return { engine, ...elsewhere, register: engine.register, close: () => engine.close() };
  }
  if (fleet !== undefined) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'The nodes of a fleet share one database. Name it, or leave the fleet out.',
    );
  }
  return localMailPlace(options, directory, capBytes);
}

function localMailPlace(
  { crypto, diskSpace }: ResolvedOptions,
  { store, ages, path, space }: DataDirectory,
  capBytes: number,
): MailPlace {
  return {
    engine: openLocalEngine({ store, crypto, ages }),
    capacity: new StorageCapacity({
      path,
      ...mostOn(store.engine, systemMemoryBytes()),
      capBytes,
      ...(diskSpace === undefined ? {} : { probe: diskSpace }),
    }),
    hasRoom: () => space.hasRoom(),
    close: () => Promise.resolve(),
  };
}

/** The tables are the node's own, or its fleet's; a node that enters a fleet takes its own tables along. */
function ownerOf({ crypto, fleet }: ResolvedOptions, node: PublicKey): MailOwner {
  const alone = labelledHash(crypto, OWNER, node);
  if (fleet === undefined) return { name: alone };
  return { name: labelledHash(crypto, OWNER, fleetMarksKey(crypto, fleet.secret)), former: alone };
}

/** The disk of a database is not ours to measure: the user says how much may lie there. */
function fixedCapacity(capBytes: number): MessageStorageOptions['capacity'] {
  const bytes = Math.min(capBytes, MAX_STORAGE_BYTES);
  return { bytes, messages: Math.floor(bytes / BYTES_PER_MESSAGE), update: () => Promise.resolve() };
}
