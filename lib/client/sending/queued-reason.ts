import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { QueuedReason } from '../../types';
import type { DirectDelivery } from './direct-delivery';
import type { Outbox, OutboxEntry } from '../journal/outbox';

export interface QueuedReasonParts {
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly outbox: Outbox;
  readonly direct: DirectDelivery;
}

/** What a message waits for now; undefined when it is on its way. */
export function queuedReason(parts: QueuedReasonParts, entry: OutboxEntry): QueuedReason | undefined {
  const { network, nodes, forwardSecurity, outbox, direct } = parts;
  if (!network.attached) return 'no-transport';
  if (!network.isOnline()) return 'not-connected';
  if (network.isPlainClient(entry.friend)) return 'plain-client';
  const hasKey =
    entry.sealed !== undefined || outbox.isSealing(entry) || forwardSecurity.canSendMessage(entry.friend);
  if (!hasKey) return 'no-prekeys';
  if (entry.stored || direct.isOpen(entry.friend)) return undefined;
  return nodes.candidates(entry.friend).length > 0 ? undefined : 'no-storage-node';
}
