import path from 'node:path';
import { JOIN_CAP, parseCellUri, readJoinTokens, ToxAsyncError } from '../../lib/index';
import { settingNumber, settingPath, settingSecret } from '../runtime/settings/settings';
import type { SessionSettings } from '../session/session-settings';
import type { StorageNodeConfig, StorageNodeSecrets } from './storage-node-settings';

/** libtoxcore takes half a core for 2,000 friends. */
export const MOST_FRIENDS = 2_000;

/**
 * Who joins this session by a token, and the cell that this session joins.
 * @throws ErrNotConfigured, ErrEnvironment
 */
export function joinSettings(
  config: Pick<StorageNodeConfig, 'friendsCap' | 'joinTokensFile'>,
  secrets: Pick<StorageNodeSecrets, 'joinTokens' | 'cell'>,
  userDir: string | undefined,
): Pick<SessionSettings, 'joins' | 'invitation'> {
  const tokens = read(() => readJoinTokens(settingSecret(secrets.joinTokens, 'The join tokens')));
  const file = settingPath(config.joinTokensFile, 'The file of join tokens');
  const cell = settingSecret(secrets.cell, 'The cell to join');
  const bounds = { min: 1, max: MOST_FRIENDS, otherwise: JOIN_CAP };
  const joins = () => ({
    tokens,
    ...(file !== '' && { file: path.resolve(userDir ?? '', file) }),
    cap: settingNumber(config.friendsCap, bounds, 'The limit for accepted friends'),
  });
  return {
    ...((tokens.length > 0 || file !== '') && { joins: joins() }),
    ...(cell.trim() !== '' && { invitation: read(() => parseCellUri(cell)) }),
  };
}

function read<T>(value: () => T): T {
  try {
    return value();
  } catch (error) {
    if (!ToxAsyncError.is(error)) throw error;
    throw new ToxAsyncError('ErrNotConfigured', error.message, { cause: error });
  }
}
