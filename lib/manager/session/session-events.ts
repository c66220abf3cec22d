import type { ManagerParts } from './build-session';

/** Which message kinds the storage node answers; the client takes the others. */
const SERVICE_KINDS = ['store', 'list', 'fetch', 'delete'] as const;
type ServiceKind = (typeof SERVICE_KINDS)[number];

/** Leads what the network tells to the layers above it. Returns what undoes that. */
export function connectSession(
  { network, client, service, storage, events, log }: ManagerParts,
  hooks: { friendsOfTransport: () => Promise<void> },
): () => void {
  const changed = () => events.emit('changed', undefined);
  const undo = [
    storage.onHealth(changed),
    network.events.on('session', ({ peer }) => client.peerEvents.onSession(peer)),
    network.events.on('proven', ({ peer, acceptsStores, openNode }) => {
      client.peerEvents.onProven(peer, { acceptsStores, openNode });
      changed();
    }),
    network.events.on('closed', ({ peer }) => {
      client.peerEvents.onClosed(peer);
      changed();
    }),
    network.events.on('message', ({ peer, message }) => {
      if (isForService(message)) service.handle(peer, message);
      else client.peerEvents.onMessage(peer, message);
    }),
    network.events.on('plain-client', ({ peer }) => {
      client.onFriendChange(peer);
      changed();
    }),
    network.events.on('online', ({ online }) => {
      client.onOnline(online);
      events.emit('transport-status', { attached: network.attached, online });
      changed();
    }),
    network.events.on('friend', ({ peer, online }) => {
      events.emit('friend-status', { friend: peer, online });
      client.onFriendChange(peer);
      changed();
    }),
    network.events.on('friends', () => {
      hooks.friendsOfTransport().catch((error: unknown) => {
        log.error(`The list of friends could not be saved: ${String(error)}`);
      });
    }),
    network.events.on('tox-message', ({ peer, type, text }) => {
      client.peerEvents.onToxMessage(peer, type, text);
      events.emit('tox-message', { friend: peer, type, text });
    }),
  ];
  return () => undo.forEach((off) => off());
}

function isForService<M extends { kind: string }>(message: M): message is Extract<M, { kind: ServiceKind }> {
  return (SERVICE_KINDS as readonly string[]).includes(message.kind);
}
