import { fromHex } from '../../bytes';
import { AsyncClient } from '../../client/async-client';
import { hedgedRandom } from '../../crypto/hedged-random';
import { chooseCryptoProvider } from '../../crypto/providers/choose-provider';
import type { CryptoProvider } from '../../crypto/provider';
import { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import { FriendBook } from '../../identity/friend-book';
import type { Identity } from '../../identity/identity-file';
import { PeerNetwork } from '../../network/peer-network';
import { StorageNodes } from '../../client/storage-nodes/storage-nodes';
import { StorageService } from '../../storage/service/storage-service';
import { Emitter } from '../../platform/emitter';
import type { Platform } from '../../platform/platform';
import { systemPlatform } from '../../platform/system/system-platform';
import { FleetFriends } from '../../storage/fleet/fleet-friends';
import { MaskedFleetRegister } from '../../storage/fleet/masked-register';
import { fleetMarksKey } from '../../storage/fleet/storage-fleet';
import { MessageStorage } from '../../storage/message-storage';
import type { DataDirectory } from '../../store/directory/data-directory';
import { openMailPlace, type MailPlace } from './mail-engine';
import { assertSoundStore } from '../sound-store';
import { silentLogger, type Logger, type PublicKey } from '../../types';
import { adoptFriends } from '../friends/adopt-friends';
import { clientHooks } from './client-hooks';
import { FleetMembership } from './fleet-membership';
import { SessionHistory } from '../history/session-history';
import { Notices } from '../diagnosis/notices';
import type { AsyncManagerEvents } from '../events';
import type { AsyncManagerOptions } from '../options';
import { openDirectoryAndIdentity, type ResolvedOptions } from '../open-identity';
import { Preferences } from '../preferences';
import { KeyUse } from '../snapshot/key-use';
import { Presence } from '../snapshot/presence';

/** Everything one session consists of. */
export interface ManagerParts {
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  readonly log: Logger;
  readonly events: Emitter<AsyncManagerEvents>;
  readonly directory: DataDirectory;
  readonly identity: Identity;
  readonly friends: FriendBook;
  readonly preferences: Preferences;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly mailPlace: MailPlace;
  readonly storage: MessageStorage;
  readonly service: StorageService;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly client: AsyncClient;
  readonly notices: Notices;
  readonly presence: Presence;
  readonly keyUse: KeyUse;
  readonly history: SessionHistory;
  readonly fleet?: FleetMembership;
}

/** Opens the directory and puts the layers together, bottom up; whatever fails closes what was opened. */
export async function buildSession(options: AsyncManagerOptions): Promise<ManagerParts> {
  const { platform: given = systemPlatform, crypto = chooseCryptoProvider(), log = silentLogger } = options;
  const platform = { ...given, random: hedgedRandom({ crypto, random: given.random, clock: given.clock }) };
  const resolved = { ...options, platform, crypto, log };
  const { directory, identity } = await openDirectoryAndIdentity(resolved);
  try {
    const mailPlace = await openMailPlace(resolved, directory, identity.keyPair.publicKey);
    try {
      return await assemble(resolved, directory, identity, mailPlace);
    } catch (error) {
      await mailPlace.close();
      throw error;
    }
  } catch (error) {
    await directory.close();
    throw error;
  }
}

async function assemble(
  options: ResolvedOptions,
  directory: DataDirectory,
  identity: Identity,
  mailPlace: MailPlace,
): Promise<ManagerParts> {
  const { platform, crypto, log, limits = {}, storageRole = 'friends' } = options;
  const { clock, timers, random } = platform;
  const { store, vault, ages } = directory;
  assertSoundStore(store, log);
  const events = new Emitter<AsyncManagerEvents>((error, event) =>
    log.error(`A listener for "${event}" failed: ${String(error)}`),
  );
  directory.space.onChange(() => events.emit('changed', undefined));
  const { keyPair } = identity;
  const friends = await FriendBook.open({ store, self: keyPair.publicKey, log });
  // A profile from another client brings its friends along.
  const known = identity.friends().filter(({ publicKey }) => !friends.has(publicKey));
  await adoptFriends(friends, known, log);
  const forwardSecurity = await ForwardSecurityManager.create({
    crypto,
    random,
    clock,
    ages,
    keyPair,
    store,
    vault,
    limits,
  });
  const history = new SessionHistory({ store, ages, events });
  const shared = options.fleet && mailPlace.register;
  const marksKey = options.fleet && fleetMarksKey(crypto, options.fleet.secret);
  const register = shared && marksKey && new MaskedFleetRegister({ crypto, register: shared }, marksKey);
  const fleetFriends = register && new FleetFriends({ register, clock, timers, log }, keyPair.publicKey);
  const storage = new MessageStorage({
    engine: mailPlace.engine,
    crypto,
    random,
    clock,
    timers,
    capacity: mailPlace.capacity,
    friends: friends.list().map(({ publicKey }) => publicKey),
    role: storageRole,
    hasRoom: mailPlace.hasRoom,
    onKept: () => history.note('kept'),
    ...(marksKey && fleetFriends && { fleet: { friends: fleetFriends, marksKey } }),
    ...(options.storageLimits === undefined ? {} : { limits: options.storageLimits }),
  });
  const network: PeerNetwork = new PeerNetwork({
    crypto,
    clock,
    timers,
    random,
    identity: keyPair,
    // Everyone the network connects us with is a friend: they may enter the friend book a moment after their hello.
    flagsFor: () => ({ acceptsStores: storage.role !== 'off', openNode: storage.role === 'everyone' }),
    hasSpoken: (peer) => nodes.hasSpoken(peer) || forwardSecurity.held.knows(peer),
    allowsPlain: (peer) => friends.allowsPlain(peer),
    log,
  });
  const nodes: StorageNodes = new StorageNodes({
    crypto,
    clock,
    random,
    ages,
    store,
    identity: keyPair,
    ownAddress: () => (storageRole === 'everyone' ? fromHex(identity.toxId) : undefined),
    connected: (peer: PublicKey) => network.isProven(peer),
    log,
  });
  const service = new StorageService({
    storage,
    sessions: network,
    clock,
    timers,
    log,
    onMailWaiting: (friend, waiting) => events.emit('mail-waiting', { friend, waiting }),
  });
  const keyUse = new KeyUse({ store, ages, log });
  events.on('friends-changed', () => keyUse.retain((peer) => friends.has(peer)));
  const unfinished = () => client.queued + client.stored;
  const hooks = clientHooks({
    events,
    forwardSecurity,
    keyUse,
    history,
    unfinished,
    clock,
    friends,
    log,
  });
  const client: AsyncClient = await AsyncClient.open(
    { crypto, platform, directory, forwardSecurity, network, nodes, hooks },
    {
      holdsMailFor: (peer) => storage.countWaiting(peer) > 0,
      limits,
      ...(limits.preKeyRefreshThreshold === undefined
        ? {}
        : { preKeyRefreshThreshold: limits.preKeyRefreshThreshold }),
    },
  );
  return {
    platform,
    crypto,
    log,
    events,
    directory,
    identity,
    friends,
    preferences: new Preferences(store),
    forwardSecurity,
    mailPlace,
    storage,
    service,
    network,
    nodes,
    client,
    ...(options.fleet &&
      fleetFriends && {
        fleet: new FleetMembership(
          { self: keyPair.publicKey, friends: fleetFriends, client, timers, log },
          options.fleet.certificate,
        ),
      }),
    notices: new Notices({ events, clock, friends }),
    presence: new Presence({ events, ages, friends }),
    keyUse,
    history,
  };
}
