import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { CodeWord } from '../../protocol/codes';
import type { QueuedReason } from '../../types';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { keyUseOf } from '../journal/outgoing/outbox-record';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { Deposits } from './deposits/deposits';
import type { DirectDelivery } from './direct-delivery';

/** What a message waits for. */
export interface Waiting {
  readonly reason: QueuedReason;
  /** With 'refused': what the best of the nodes said. */
  readonly code?: CodeWord;
}

export interface QueuedReasonsComponents {
  readonly network: Pick<PeerNetwork, 'attached' | 'isOnline' | 'isPlainClient'>;
  readonly nodes: Pick<StorageNodes, 'candidates'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor'>;
  readonly outbox: Pick<Outbox, 'isSealing'>;
  readonly direct: Pick<DirectDelivery, 'isHere'>;
  readonly deposits: Pick<Deposits<OutboxEntry>, 'refusalOf'>;
}

/** Says why a message is not on its way. */
export class QueuedReasons {
  readonly #components: QueuedReasonsComponents;

  constructor(components: QueuedReasonsComponents) {
    this.#components = components;
  }

  /** What the message waits for now; undefined when it is on its way. */
  of(entry: OutboxEntry): Waiting | undefined {
    const { network, forwardSecurity, outbox, direct } = this.#components;
    if (!network.attached) return { reason: 'no-transport' };
    if (!network.isOnline()) return { reason: 'not-connected' };
    if (network.isPlainClient(entry.friend)) return { reason: 'plain-client' };
    const hasKey =
      entry.sealed !== undefined ||
      outbox.isSealing(entry) ||
      forwardSecurity.hasKeyFor(entry.friend, keyUseOf(entry));
    if (!hasKey) return { reason: 'no-prekeys' };
    if (isStored(entry) || direct.isHere(entry.friend)) return undefined;
    return this.#atNodes(entry);
  }

  /** One node that did not refuse is enough. */
  #atNodes(entry: OutboxEntry): Waiting | undefined {
    const { nodes, deposits } = this.#components;
    const candidates = nodes.candidates(entry.friend);
    let code: CodeWord | undefined;
    for (const node of candidates) {
      const refusal = deposits.refusalOf(entry, node);
      if (refusal === undefined) return undefined;
      code ??= refusal;
    }
    return code === undefined ? { reason: 'no-storage-node' } : { reason: 'refused', code };
  }
}

/** A node confirmed the envelope that it has now. */
export function isStored({ told }: Pick<OutboxEntry, 'told'>): boolean {
  return told > 0;
}
