import path from 'node:path';
import {
  DEFAULT_STORAGE_CAP_BYTES,
  MAX_STORAGE_BYTES,
  MIN_STORAGE_BYTES,
  OPEN_CAP,
  ToxAsyncError,
  type StorageRole,
} from '../../lib/index';
import type { Config } from '../runtime/runtime';
import { filled, type FleetDefaults } from '../runtime/settings/fleet-defaults';
import { publicKeyOf } from '../session/friends/friend-list';
import { databaseSettings } from './database-settings';
import { fleetSettings } from './fleet-settings';
import { joinSettings, MOST_FRIENDS } from './join-settings';
import type { Admission, FriendSetting, SessionSettings } from '../session/session-settings';
import {
  settingChoice,
  settingFlag,
  settingNumber,
  settingPath,
  settingSecret,
  settingText,
} from '../runtime/settings/settings';
import { isBlank, textOf } from '../runtime/settings/setting-values';

const MEGABYTE = 1_000_000;
const PACKAGE = 'node-red-contrib-tox-async';

/** What the dialog saves. */
export interface StorageNodeConfig extends Config {
  readonly dataDir?: string;
  readonly friends?: unknown;
  readonly admission?: string;
  /** Public keys and Tox IDs, with anything but digits between them. */
  readonly allowed?: string;
  readonly friendsCap?: number | string;
  /** A file of join tokens. */
  readonly joinTokensFile?: string;
  readonly befriendOpenNodes?: boolean | string;
  readonly role?: string;
  /** Megabytes. */
  readonly cap?: number | string;
  readonly engine?: string;
  /** 'folder' or 'postgresql'. */
  readonly mailPlace?: string;
  readonly schema?: string;
  readonly standbys?: number | string;
  /** See `fleetSettings`. */
  readonly fleetFile?: string;
  /** The word that the refusal of a lost file names. */
  readonly startNew?: string;
}

/** Kept by Node-RED apart from the flow, and never sent to an editor. */
export interface StorageNodeSecrets {
  readonly passphrase?: unknown;
  /** See `identityOf`. */
  readonly identity?: unknown;
  /** See `joinSettings`. */
  readonly joinTokens?: unknown;
  readonly cell?: unknown;
  /** See `databaseSettings`. */
  readonly database?: unknown;
  /** See `fleetSettings`. */
  readonly fleetSecret?: unknown;
}

export const CREDENTIALS = {
  passphrase: { type: 'password' },
  identity: { type: 'password' },
  joinTokens: { type: 'password' },
  cell: { type: 'password' },
  database: { type: 'password' },
  fleetSecret: { type: 'password' },
} as const;

/**
 * The session that a dialog describes, where it is blank with the defaults of settings.js. Without a folder of its own
 * it gets one that bears the node's id, below the default `dataDir` or below `userDir`.
 * @throws ErrNotConfigured, ErrEnvironment, ErrInvalidKey, ErrInvalidToxId
 */
export function sessionSettings(
  given: StorageNodeConfig,
  secrets: StorageNodeSecrets,
  userDir: string | undefined,
  defaults: FleetDefaults,
): SessionSettings {
  const {
    friends,
    admission: admits,
    allowed,
    friendsCap,
    storageRole: role,
    storageCap: cap,
    engine,
  } = defaults;
  const config = filled(given, { friends, admission: admits, allowed, friendsCap, role, cap, engine });
  const megabytes = settingNumber(
    config.cap,
    {
      min: MIN_STORAGE_BYTES / MEGABYTE,
      max: MAX_STORAGE_BYTES / MEGABYTE,
      otherwise: DEFAULT_STORAGE_CAP_BYTES / MEGABYTE,
    },
    'The limit for stored mail (MB)',
  );
  const storageRole = settingChoice(
    config.role,
    ['friends', 'everyone', 'off'],
    'friends',
    'The storage role',
  );
  return {
    name: settingText(config.name, 'The name') || config.id,
    dataDir: dataDir(config, userDir, defaults),
    friends: friendList(config.friends),
    admission: admission(config, storageRole),
    ...joinSettings(config, secrets, userDir),
    befriendOpenNodes: settingFlag(config.befriendOpenNodes, 'The setting for open storage nodes'),
    storageRole,
    storageCapBytes: megabytes * MEGABYTE,
    ...databaseSettings(config, secrets),
    ...fleetSettings(config, secrets, userDir),
    ...startNewSetting(config),
    ...secretSettings(secrets, defaults),
    engine: settingChoice(config.engine, ['auto', 'lmdb', 'nedb'], 'auto', 'The storage engine'),
  };
}

function startNewSetting(config: StorageNodeConfig): Pick<SessionSettings, 'startNew'> {
  const startNew = settingText(config.startNew, 'Start new');
  return startNew === '' ? {} : { startNew };
}

function secretSettings(
  secrets: StorageNodeSecrets,
  defaults: FleetDefaults,
): Pick<SessionSettings, 'passphrase' | 'profile'> {
  const passphrase =
    settingSecret(secrets.passphrase, 'The passphrase') ||
    settingSecret(defaults.passphrase, 'The passphrase in settings.js');
  const identity = settingSecret(secrets.identity, 'The identity');
  return {
    ...(passphrase === '' ? {} : { passphrase }),
    ...(identity.trim() === '' ? {} : { profile: identityOf(identity) }),
  };
}

/** A secret key (64 hexadecimal digits), or a Tox profile in hexadecimal or base64. ErrNotConfigured. */
function identityOf(text: string): Uint8Array {
  const digits = text.replace(/\s/g, '');
  if (/^([0-9a-f]{2})+$/i.test(digits)) return new Uint8Array(Buffer.from(digits, 'hex'));
  if (/^[0-9a-z+/]+={0,2}$/i.test(digits)) return new Uint8Array(Buffer.from(digits, 'base64'));
  throw new ToxAsyncError(
    'ErrNotConfigured',
    'The identity must be a secret key (64 hexadecimal digits) or a Tox profile in hexadecimal or base64.',
  );
}

function dataDir(
  config: StorageNodeConfig,
  userDir: string | undefined,
  { dataDir: parent }: FleetDefaults,
): string {
  const chosen =
    settingPath(config.dataDir, 'The data directory') ||
    below(settingPath(parent, 'dataDir of toxAsync in settings.js'), config.id);
  if (path.isAbsolute(chosen)) return path.normalize(chosen);
  if (userDir === undefined) {
    throw new ToxAsyncError('ErrNotConfigured', 'The data directory must be a full path.');
  }
  return path.resolve(userDir, chosen === '' ? below(PACKAGE, config.id) : chosen);
}

/** A folder that no other session has; '' below none. */
function below(parent: string, id: string): string {
  return parent === '' ? '' : path.join(parent, encodeURIComponent(id));
}

/** A node that stores for everyone lets everyone in: it stores only for friends. */
function admission(config: StorageNodeConfig, role: StorageRole): Admission {
  const kinds = ['manual', 'list', 'open'] as const;
  const kind =
    role === 'everyone'
      ? 'open'
      : settingChoice(config.admission, kinds, 'manual', 'The setting for new friends');
  switch (kind) {
    case 'manual':
      return { kind };
    case 'list': {
      const text = settingText(config.allowed, 'The list of accepted friends').replace(/tox:/gi, ' ');
      const allowed = text.match(/\w+/g) ?? [];
      for (const key of allowed) publicKeyOf(key);
      return { kind, allowed };
    }
    case 'open': {
      const bounds = { min: 1, max: MOST_FRIENDS, otherwise: OPEN_CAP };
      return { kind, cap: settingNumber(config.friendsCap, bounds, 'The limit for accepted friends') };
    }
  }
}

function friendList(value: unknown): FriendSetting[] {
  if (!isBlank(value) && !Array.isArray(value)) {
    throw new ToxAsyncError('ErrNotConfigured', 'The friends must be a list of {name, key}.');
  }
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.map((entry) => {
    const { name, key } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    return { name: textOf(name, 'The name of a friend'), key: textOf(key, 'The key of a friend') };
  });
}
