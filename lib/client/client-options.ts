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

/** What the client tells its owner, each after the fact. */
export interface AsyncClientHooks {
  /** A message is durable in the outbox. */
  onAccepted(friend: PublicKey): void;
  /** A first storage node has a message. */
  onFirstCopy(friend: PublicKey): void;
  /** A message left the outbox; `onOutcome` says how. */
  onEnded(friend: PublicKey): void;
  onOutcome(outcome: Outcome): void;
  /** A message is durable in the inbox. */
  onArrived(sender: PublicKey): void;
  /** An envelope came and was answered, whatever became of it. */
  onReceived(): void;
  /** The handler had a message, or a message was acknowledged: fewer may wait. */
  onHandled(): void;
  onKeysExchanged(peer: PublicKey): void;
  onKeysRefused(peer: PublicKey, code: string): void;
  /** A key of the friend's was spent. */
  onKeySpent(peer: PublicKey): void;
  /** Keys died that the friend, as far as we know, never saw used: their messages need others. */
  onDeadKeys(peer: PublicKey): void;
  onMalformed(sender: PublicKey, messageId: Uint8Array): void;
  /** The text of a received message cannot be read any more. */
  onLost(sender: PublicKey, messageId: Uint8Array): void;
  /** A friend has keys of ours that this copy of the identity did not issue. */
  onElsewhere(peer: PublicKey): void;
  /** The same, but this directory and the friend never met: it was restored, or made new, without its keys. */
  onRestored(peer: PublicKey): void;
  /** The friend polls open storage nodes that it did not name before. */
  onOpenNodes(peer: PublicKey, nodes: readonly OpenNodeAddress[]): void;
  onError(error: unknown): void;
}

/** What an AsyncClient consists of. */
export interface AsyncClientComponents {
  readonly crypto: CryptoProvider;
  readonly platform: Platform;
  readonly directory: DataDirectory;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly hooks: AsyncClientHooks;
}

export interface AsyncClientInit {
  /** Whether our own storage holds mail for the peer. */
  readonly holdsMailFor: (peer: PublicKey) => boolean;
  readonly limits?: Partial<ClientLimits>;
  readonly preKeyRefreshThreshold?: number;
}
