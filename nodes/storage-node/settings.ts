import path from 'node:path';
import {
  DEFAULT_STORAGE_CAP_BYTES,
  MAX_STORAGE_BYTES,
  MIN_STORAGE_BYTES,
  ToxAsyncError,
} from '../../lib/index';
import type { Config } from '../shared/runtime';
import type { FriendSetting, SessionSettings } from '../shared/session-settings';
import { choiceOf, numberOf, textOf } from '../shared/settings';

const MEGABYTE = 1_000_000;
const PACKAGE = 'node-red-contrib-tox-async';

/** What the dialog saves. */
export interface StorageNodeConfig extends Config {
  readonly dataDir?: string;
  readonly friends?: unknown;
  readonly role?: string;
  /** Megabytes. */
  readonly cap?: number | string;
  readonly engine?: string;
}

/**
 * The session that a dialog describes. Without a folder of its own it gets one below `userDir` that bears the
 * node's id. ErrInvalidArgument.
 */
export function sessionSettings(config: StorageNodeConfig, userDir: string | undefined): SessionSettings {
  const megabytes = numberOf(
    config.cap,
    {
      min: MIN_STORAGE_BYTES / MEGABYTE,
      max: MAX_STORAGE_BYTES / MEGABYTE,
      otherwise: DEFAULT_STORAGE_CAP_BYTES / MEGABYTE,
    },
    'The most mail to keep for friends (MB)',
  );
  return {
    name: textOf(config.name, 'The name') || config.id,
    dataDir: dataDir(config, userDir),
    friends: friendList(config.friends),
    storageRole: choiceOf(config.role, ['friends', 'off'], 'friends', 'The storage role'),
    storageCapBytes: megabytes * MEGABYTE,
    engine: choiceOf(config.engine, ['auto', 'lmdb', 'nedb'], 'auto', 'The storage engine'),
  };
}

function dataDir(config: StorageNodeConfig, userDir: string | undefined): string {
  const chosen = textOf(config.dataDir, 'The data directory');
  if (path.isAbsolute(chosen)) return path.normalize(chosen);
  if (userDir === undefined) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'Name the data directory of the storage-node by its full path.',
    );
  }
  const relative = chosen === '' ? path.join(PACKAGE, encodeURIComponent(config.id)) : chosen;
  return path.resolve(userDir, relative);
}

function friendList(value: unknown): FriendSetting[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.map((entry) => {
    const { name, key } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    return { name: textOf(name, 'The name of a friend'), key: textOf(key, 'The key of a friend') };
  });
}
