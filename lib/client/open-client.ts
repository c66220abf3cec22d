import { chooseCryptoProvider } from '../crypto/providers/choose-provider';
import type { CryptoProvider } from '../crypto/provider';
import { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { KeyLimits } from '../forward-security/key-limits';
import { PeerNetwork } from '../network/peer-network';
import type { Platform } from '../platform/platform';
import { systemPlatform } from '../platform/system/system-platform';
import type { DataDirectory } from '../store/directory/data-directory';
import type { Transport } from '../transport/transport';
import { type KeyPair, type Logger, silentLogger } from '../types';
import { AsyncClient } from './async-client';
import type { ClientLimits } from './client-limits';
import type { AsyncClientHooks } from './client-options';
import { StorageNodes } from './storage-nodes/storage-nodes';

/** What an AsyncClient without an AsyncManager needs. */
export interface OpenClientOptions {
  readonly keyPair: KeyPair;
  /** Open, and this client's alone; the caller closes it after `stop`. */
  readonly directory: DataDirectory;
  /** Runs under the same key pair. */
  readonly transport: Transport;
  /** What the owner wants to hear. */
  readonly hooks?: Partial<AsyncClientHooks>;
  /** The specification's constants, to override. */
  readonly limits?: Partial<ClientLimits & KeyLimits>;
  readonly log?: Logger;
  readonly platform?: Platform;
  readonly crypto?: CryptoProvider;
}

/** An AsyncClient and the network it works on. */
export interface OpenedClient extends AsyncDisposable {
  readonly client: AsyncClient;
  /** Connects the transport; from now on messages go out and come in. @throws ErrIdentityMismatch, ErrTransport */
  start(): Promise<void>;
  /** Finishes what is under way and disconnects. */
  stop(): Promise<void>;
}

/**
 * The specification's NewAsyncClient: sends and retrieves, and is no storage node itself (AsyncManager is).
 * @throws ErrStore
 */
export async function openAsyncClient(options: OpenClientOptions): Promise<OpenedClient> {
  const { keyPair, directory, transport, limits = {}, log = silentLogger } = options;
  const { platform = systemPlatform, crypto = chooseCryptoProvider() } = options;
  const { clock, timers, random } = platform;
  const { store, vault, ages } = directory;
  const own = { crypto, random, clock, ages, keyPair, store, vault, limits };
  const forwardSecurity = await ForwardSecurityManager.create(own);
  const network: PeerNetwork = new PeerNetwork({
    crypto,
    clock,
    timers,
    random,
    identity: keyPair,
    flagsFor: () => ({ acceptsStores: false, openNode: false }),
    hasSpoken: (peer) => nodes.hasSpoken(peer) || forwardSecurity.held.knows(peer),
    allowsPlain: () => false,
    log,
  });
  const nodes = new StorageNodes({
    crypto,
    clock,
    random,
    ages,
    store,
    identity: keyPair,
    ownAddress: () => undefined,
    connected: (peer) => network.isProven(peer),
    log,
  });
  const hooks = { ...silentHooks(log), ...options.hooks };
  const client = await AsyncClient.open(
    { crypto, platform, directory, forwardSecurity, network, nodes, hooks },
    { holdsMailFor: () => false, limits },
  );
  const disconnect = connect(network, client);
  const stop = async () => {
    await network.detach();
    await client.stop();
    disconnect();
  };
  return {
    client,
    start: async () => {
      await client.start();
      await network.attach(transport);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Leads what the network tells to the client and its nodes. Returns what undoes that. */
function connect({ events }: PeerNetwork, client: AsyncClient): () => void {
  const undo = [
    events.on('online', ({ online }) => client.onOnline(online)),
    events.on('session', ({ peer }) => client.peerEvents.onSession(peer)),
    events.on('proven', ({ peer, ...flags }) => client.peerEvents.onProven(peer, flags)),
    events.on('closed', ({ peer }) => client.peerEvents.onClosed(peer)),
    events.on('message', ({ peer, message }) => client.peerEvents.onMessage(peer, message)),
    events.on('tox-message', ({ peer, type, text }) => client.peerEvents.onToxMessage(peer, type, text)),
    events.on('plain-client', ({ peer }) => client.onFriendChange(peer)),
    events.on('friend', ({ peer }) => client.onFriendChange(peer)),
  ];
  return () => undo.forEach((off) => off());
}

function silentHooks(log: Logger): AsyncClientHooks {
  const nothing = () => undefined;
  return {
    onAccepted: nothing,
    onFirstCopy: nothing,
    onEnded: nothing,
    onOutcome: nothing,
    onArrived: nothing,
    onReceived: nothing,
    onHandled: nothing,
    onKeysExchanged: nothing,
    onKeysRefused: nothing,
    onKeySpent: nothing,
    onDeadKeys: nothing,
    onMalformed: nothing,
    onLost: nothing,
    onElsewhere: nothing,
    onRestored: nothing,
    onOpenNodes: nothing,
    onError: (error) => log.error(`The client failed: ${String(error)}`),
  };
}
