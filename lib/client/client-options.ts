import type { CryptoProvider } from '../crypto/provider';
import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { OpenNodeAddress } from './storage-nodes/open-node-address';
import type { PeerNetwork } from '../network/peer-network';
import type { StorageNodes } from './storage-nodes/storage-nodes';
import type { Platform } from '../platform/platform';
import type { DataDirectory } from '../store/directory/data-directory';
import type { PublicKey } from '../types';
import type { ClientLimits } from './client-limits';
import type { Outcome } from './messages';

/** What the client tells its owner. */
export interface AsyncClientHooks {
  onOutcome(outcome: Outcome): void;
  onKeysExchanged(peer: PublicKey): void;
  onKeysRefused(peer: PublicKey, code: string): void;
  /** A key of the friend's was spent; `sendable` are left. */
  onKeySpent(peer: PublicKey): void;
  onDeadKeys(peer: PublicKey): void;
  onMalformed(sender: PublicKey, messageId: Uint8Array): void;
  onLost(sender: PublicKey, messageId: Uint8Array): void;
  /** A friend has keys of ours that this copy of the identity did not issue. */
  onElsewhere(peer: PublicKey): void;
  /** The friend polls open storage nodes that it did not name before. */
  onOpenNodes(peer: PublicKey, nodes: readonly OpenNodeAddress[]): void;
  onChange(): void;
  onError(error: unknown): void;
}

export interface AsyncClientOptions {
  readonly crypto: CryptoProvider;
  readonly platform: Platform;
  readonly directory: DataDirectory;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly hooks: AsyncClientHooks;
  /** Whether our own storage holds mail for the peer. */
  readonly holdsMailFor: (peer: PublicKey) => boolean;
  readonly limits?: Partial<ClientLimits>;
  readonly preKeyRefreshThreshold?: number;
}
