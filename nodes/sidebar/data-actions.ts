import { ToxAsyncError } from '../../lib/index';
import { settingSecret } from '../runtime/settings/settings';
import { textOf } from '../runtime/settings/setting-values';
import type { Session } from '../session/session';
import type { Order } from './actions';
import { eraseFolder } from './erase-folder';

/**
 * Identity and friends, sealed with a passphrase: what a session elsewhere starts with.
 * @throws ErrInvalidArgument, ErrPassphrase, and what manager() throws
 */
export async function backUp(session: Session, order: Order): Promise<{ backup: string; toxId: string }> {
  const passphrase = settingSecret(order.passphrase, 'The passphrase of the backup');
  const manager = await session.manager();
  const backup = Buffer.from(await manager.exportIdentity(passphrase)).toString('base64');
  return { backup, toxId: manager.toxId };
}

/**
 * Ends a session and erases its data folder: identity, keys, friends, and every message in it.
 * @param order has the session's name, typed out
 * @param end ends the session for good
 * @throws ErrInvalidArgument another name; Node's error for a file that cannot be erased
 */
export async function eraseData(
  { settings: { name, dataDir } }: Session,
  order: Order,
  end: () => Promise<void>,
): Promise<{ folder: string; left: readonly string[] }> {
  if (textOf(order.name, 'The name') !== name) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `Nothing was erased. Type the name of the session, "${name}", to erase its data folder.`,
    );
  }
  await end();
  return { folder: dataDir, left: await eraseFolder(dataDir) };
}
