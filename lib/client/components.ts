import type { CryptoProvider } from '../crypto/provider';
import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { PeerNetwork } from '../network/peer-network';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import type { Timers } from '../platform/timers';
import type { DataDirectory } from '../store/directory/data-directory';
import type { SecretVault } from '../store/vault/secret-vault';
import type { Store } from '../store/store';
import type { AsyncClientHooks } from './client-options';
import type { KeyedQueue } from '../platform/queues/keyed-queue';
import type { StorageNodes } from './storage-nodes/storage-nodes';
import type { Wakeup } from './wakeup';

/**
 * From below, for all parts of a client. Each part names in its own `...Components` what it needs of this and of the
 * other parts, and no more.
 */
export interface BaseComponents {
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Durable seconds by which the age of everything is measured. */
  readonly ages: { now(): number };
  readonly store: Store;
  readonly vault: SecretVault;
}

/** What every room of a client is built from. */
export interface RoomComponents extends BaseComponents {
  readonly space: DataDirectory['space'];
  readonly forwardSecurity: ForwardSecurityManager;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  /**
   * By peer. Everything that seals to a peer, opens what it sealed, or speaks of its keys runs here, so that two nodes
   * answering at once, or a message and a list of live keys, never meet half-way.
   */
  readonly queues: KeyedQueue;
  readonly wakeup: Wakeup;
  readonly hooks: AsyncClientHooks;
}
