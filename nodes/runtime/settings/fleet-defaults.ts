import { ToxAsyncError } from '../../../lib/index';
import type { Runtime } from '../runtime';
import { isBlank } from './setting-values';

/** What `toxAsync` in settings.js may hold: defaults of every session and every tox-transport of a Node-RED. */
export const DEFAULT_NAMES = [
  'dataDir',
  'passphrase',
  'friends',
  'admission',
  'allowed',
  'friendsCap',
  'storageRole',
  'storageCap',
  'engine',
  'proxy',
  'protocol',
  'port',
  'bootstrap',
] as const;

export type FleetDefaults = Readonly<Partial<Record<(typeof DEFAULT_NAMES)[number], unknown>>>;

/** `toxAsync` of settings.js; ErrNotConfigured for what it may not hold. */
export function fleetDefaults(settings: Runtime['settings']): FleetDefaults {
  const { toxAsync } = settings as { readonly toxAsync?: unknown };
  if (toxAsync === undefined) return {};
  if (typeof toxAsync !== 'object' || toxAsync === null || Array.isArray(toxAsync)) {
    throw new ToxAsyncError('ErrNotConfigured', 'toxAsync in settings.js must be an object.');
  }
  const unknown = Object.keys(toxAsync).find((name) => !DEFAULT_NAMES.some((known) => known === name));
  if (unknown === undefined) return toxAsync;
  throw new ToxAsyncError(
    'ErrNotConfigured',
    `toxAsync in settings.js has a setting "${unknown}", which does not exist. It may have: ${DEFAULT_NAMES.join(', ')}.`,
  );
}

/** The settings of a dialog, where they are blank filled with the defaults of the same meaning. */
export function filled<T extends object>(config: T, defaults: Partial<Record<keyof T, unknown>>): T {
  const blanks = Object.entries(defaults).filter(
    ([name, value]) => value !== undefined && isUnset(Reflect.get(config, name)),
  );
  return { ...config, ...Object.fromEntries(blanks) };
}

function isUnset(value: unknown): boolean {
  return isBlank(value) || (Array.isArray(value) && value.length === 0);
}
