import type { AsyncManager } from '../../lib/index';
import type { Session } from '../session/session';
import { joinVirtualNetwork } from '../session/network/virtual-networks';
import { SessionConnection } from './session-connection';
import type { VirtualSettings } from './tox-transport-settings';

/**
 * Joins a virtual network under the session's name and gives the session its transport.
 * @throws ErrAmbiguousFriend, ErrIdentityInUse, ErrTransportAttached
 */
export async function openVirtualConnection(
  manager: AsyncManager,
  { settings: { name }, firstMinute }: Session,
  { network, atStart }: VirtualSettings,
): Promise<SessionConnection> {
  const membership = joinVirtualNetwork(network, { publicKey: manager.publicKey, name });
  firstMinute.begin();
  const connection = new SessionConnection({
    manager,
    transport: membership.transport,
    preference: 'virtual-online',
    atStart,
    leave: () => membership.leave(),
  });
  await connection.open();
  return connection;
}
