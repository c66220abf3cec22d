import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import { PLAIN_TYPE } from '../../../protocol/envelope/message-types';
import type { WriteBatch } from '../../../store/store';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { ServiceContent, ServiceMail } from '../../journal/service-mail';
import type { StorageNodes } from '../../storage-nodes/storage-nodes';

const DAY = 24 * 60 * 60;
export const RECEIPTS_LIFETIME = DAY;
export const KEYS_LIFETIME = 7 * DAY;

export interface ServiceSealingComponents extends Pick<BaseComponents, 'clock' | 'random'> {
  readonly nodes: Pick<StorageNodes, 'candidates'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'held' | 'seal'>;
  readonly mail: Pick<ServiceMail, 'add'>;
}

/** Seals what mail is to carry, and knows whether that is possible. */
export class ServiceSealing {
  readonly #components: ServiceSealingComponents;

  constructor(components: ServiceSealingComponents) {
    this.#components = components;
  }

  /** A node could take mail for the friend, who is away, and a key is there to seal it to. */
  isPossible(peer: PublicKey): boolean {
    const { nodes, forwardSecurity } = this.#components;
    return forwardSecurity.held.next(peer, 'keys') !== undefined && nodes.candidates(peer).length > 0;
  }

  /** Keys of the friend that are left once the next envelope is sealed. */
  heldAfter(peer: PublicKey): number {
    return Math.max(0, this.#components.forwardSecurity.held.held(peer) - 1);
  }

  seal(writes: WriteBatch, peer: PublicKey, content: ServiceContent, data: Uint8Array): void {
    const { forwardSecurity, mail, random, clock } = this.#components;
    const isKeys = content.kind === 'keys';
    const lifetime = isKeys ? KEYS_LIFETIME : RECEIPTS_LIFETIME;
    const sealed = forwardSecurity.seal(writes, {
      recipientPk: peer,
      data,
      type: isKeys ? PLAIN_TYPE.keys : PLAIN_TYPE.receipts,
      messageId: random.bytes(32),
      lifetime,
      timestamp: Math.max(0, Math.floor(clock.wall() / 1000)),
      use: isKeys ? 'keys' : 'sendable',
    });
    if (sealed === undefined) return;
    const { messageId, envelope, preKeyId, storageId } = sealed;
    const fields = { friend: peer, messageId, content, envelope, lifetime };
    mail.add(writes, { ...fields, sealed: { preKeyId, storageId } });
  }
}
