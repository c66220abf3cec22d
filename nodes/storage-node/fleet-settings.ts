import path from 'node:path';
import { readFleetSecret, ToxAsyncError } from '../../lib/index';
import { settingChoice, settingPath, settingSecret } from '../runtime/settings/settings';
import type { SessionSettings } from '../session/session-settings';
import type { StorageNodeConfig, StorageNodeSecrets } from './storage-node-settings';

/**
 * The fleet of which this session is a storage node, where the dialog names a file of certificates.
 * @throws ErrNotConfigured, ErrEnvironment
 */
export function fleetSettings(
  config: Pick<StorageNodeConfig, 'mailPlace' | 'fleetFile'>,
  secrets: Pick<StorageNodeSecrets, 'fleetSecret'>,
  userDir: string | undefined,
): Pick<SessionSettings, 'fleet'> {
  const file = settingPath(config.fleetFile, 'The file of fleet certificates');
  if (file === '') return {};
  if (settingChoice(config.mailPlace, ['folder', 'postgresql'], 'folder', 'The place of mail') === 'folder') {
    throw new ToxAsyncError(
      'ErrNotConfigured',
      'The nodes of a fleet share a PostgreSQL. Keep mail in PostgreSQL, or clear the file of fleet certificates.',
    );
  }
  const digits = settingSecret(secrets.fleetSecret, 'The fleet secret');
  const source = { file: path.resolve(userDir ?? '', file) };
  return { fleet: digits.trim() === '' ? source : { ...source, secret: secretOf(digits) } };
}

function secretOf(digits: string): Uint8Array {
  try {
    return readFleetSecret(digits);
  } catch (error) {
    if (!ToxAsyncError.is(error)) throw error;
    throw new ToxAsyncError('ErrNotConfigured', error.message, { cause: error });
  }
}
