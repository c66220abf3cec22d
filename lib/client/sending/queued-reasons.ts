import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { QueuedReason } from '../../types';
import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { DirectDelivery } from './direct-delivery';

export interface QueuedReasonsComponents {
  readonly network: Pick<PeerNetwork, 'attached' | 'isOnline' | 'isPlainClient'>;
  readonly nodes: Pick<StorageNodes, 'candidates'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'canSendMessage'>;
  readonly outbox: Pick<Outbox, 'isSealing'>;
  readonly direct: Pick<DirectDelivery, 'isHere'>;
}

/** Says why a message is not on its way. */
export class QueuedReasons {
  readonly #components: QueuedReasonsComponents;

  constructor(components: QueuedReasonsComponents) {
    this.#components = components;
  }

  /** What the message waits for now; undefined when it is on its way. */
  of(entry: OutboxEntry): QueuedReason | undefined {
    const { network, nodes, forwardSecurity, outbox, direct } = this.#components;
    if (!network.attached) return 'no-transport';
    if (!network.isOnline()) return 'not-connected';
    if (network.isPlainClient(entry.friend)) return 'plain-client';
    const hasKey =
      entry.sealed !== undefined || outbox.isSealing(entry) || forwardSecurity.canSendMessage(entry.friend);
    if (!hasKey) return 'no-prekeys';
    if (entry.stored || direct.isHere(entry.friend)) return undefined;
    return nodes.candidates(entry.friend).length > 0 ? undefined : 'no-storage-node';
  }
}
