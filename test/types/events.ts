/**
 * Compiled by `tsc` and never run: a misspelt event name, or a wrong payload, must not compile. Each line under an
 * "expect-error" fails the type check as soon as it is accepted.
 */
import type { AsyncManagerEvents, Emitter, FriendTransportEvents } from '../../lib/index';
import type { PeerNetworkEvents } from '../../lib/network/peer-network';

export function listen(
  manager: Emitter<AsyncManagerEvents>,
  transport: Emitter<FriendTransportEvents>,
  network: Emitter<PeerNetworkEvents>,
): void {
  manager.on('outcome', ({ state, friend }) => [state, friend]);
  void manager.iterate('keys-low').next();
  transport.on('friend-request', ({ message }) => message);
  network.on('session', ({ peer }) => peer);

  // @ts-expect-error: a manager has no such event
  manager.on('outcomes', () => undefined);
  // @ts-expect-error: a manager has no such event to iterate either
  manager.iterate('keys-lo');
  // @ts-expect-error: a message's outcome has no such field
  manager.on('outcome', ({ status }) => {
    String(status);
  });
  // @ts-expect-error: what is emitted must have the event's type
  manager.emit('friend-status', { online: true });
  // @ts-expect-error: a transport has no such event
  transport.on('friend-requests', () => undefined);
  // @ts-expect-error: the network has no such event
  network.on('sessions', () => undefined);
}
