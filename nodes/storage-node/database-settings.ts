import { ToxAsyncError, type DatabaseSettings } from '../../lib/index';
import { settingChoice, settingNumber, settingSecret, settingText } from '../runtime/settings/settings';
import type { SessionSettings } from '../session/session-settings';
import type { StorageNodeConfig, StorageNodeSecrets } from './storage-node-settings';

const MOST_STANDBYS = 100;

/**
 * The database that keeps mail for others, where the dialog says so.
 * @throws ErrNotConfigured, ErrEnvironment
 */
export function databaseSettings(
  config: Pick<StorageNodeConfig, 'mailPlace' | 'schema' | 'standbys'>,
  secrets: Pick<StorageNodeSecrets, 'database'>,
): Pick<SessionSettings, 'mailDatabase'> {
  const place = settingChoice(config.mailPlace, ['folder', 'postgresql'], 'folder', 'The place of mail');
  if (place === 'folder') return {};
  const url = settingSecret(secrets.database, 'The database URL').trim();
  if (url === '') {
    throw new ToxAsyncError(
      'ErrNotConfigured',
      'The database URL is missing. Enter it, or keep mail in the folder.',
    );
  }
  const schema = settingText(config.schema, 'The schema');
  const bounds = { min: 0, max: MOST_STANDBYS, otherwise: 0 };
  const standbys = settingNumber(config.standbys, bounds, 'The number of synchronous standbys');
  const mailDatabase: DatabaseSettings = { url, standbys, ...(schema !== '' && { schema }) };
  return { mailDatabase };
}
