import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import { encodeMailReceipts } from '../../../protocol/keys/mail-receipts';
import { ReceiptPacking } from '../../../protocol/keys/receipt-packing';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { OwedReceipts } from '../../journal/owed-receipts';
import type { ServiceMail } from '../../journal/service-mail';
import type { ServiceSealing } from './service-sealing';

const HOUR = 60 * 60;
/** Receipts for one friend are mailed at most this often, seconds. */
const INTERVAL = 600;
/** And at most this often when more than this many are due: a stream must not wait for its receipts. */
const MANY_INTERVAL = 60;
const MANY = 200;
/** Receipts that were mailed before are mailed again at most this often, and only while so many keys can be used. */
const AGAIN_INTERVAL = 12 * HOUR;
const AGAIN_STOCK = 20;

export interface ReceiptMailComponents extends Pick<BaseComponents, 'ages' | 'store'> {
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'held'>;
  readonly receipts: Pick<OwedReceipts, 'againCount' | 'dueCount' | 'dueTo' | 'markMailed'>;
  readonly mail: Pick<ServiceMail, 'lastSealed'>;
  readonly sealing: ServiceSealing;
}

/** Mails receipts to friends whom we do not meet. */
export class ReceiptMail {
  readonly #components: ReceiptMailComponents;

  constructor(components: ReceiptMailComponents) {
    this.#components = components;
  }

  /** The age at which some are to be mailed; Infinity: nothing but an event makes a difference. */
  dueAt(peer: PublicKey): number {
    const { receipts, mail, forwardSecurity, sealing } = this.#components;
    const count = receipts.dueCount(peer);
    if (count + receipts.againCount(peer) === 0 || !sealing.isPossible(peer)) return Infinity;
    const { receipts: lastAt = -Infinity } = mail.lastSealed(peer);
    const nextAt = lastAt + (count > MANY ? MANY_INTERVAL : INTERVAL);
    if (count === 0) return Math.max(nextAt, this.#repeatsFrom(peer));
    return forwardSecurity.held.sendable(peer) === 0 ? Infinity : nextAt;
  }

  /** Those that are due, in one durable batch. */
  async send(peer: PublicKey): Promise<void> {
    const { receipts, ages, store, sealing } = this.#components;
    const { first, again } = receipts.dueTo(peer);
    if (first.length === 0 && (again.length === 0 || this.#repeatsFrom(peer) > ages.now())) return;
    const packing = new ReceiptPacking(first, again);
    const writes = store.batch();
    const data = encodeMailReceipts(packing.content(sealing.heldAfter(peer)));
    sealing.seal(writes, peer, { kind: 'receipts', ...(first.length === 0 && { again: true }) }, data);
    receipts.markMailed(writes, peer, packing.packed);
    await writes.commit();
  }

  /** Nodes say what turns up again: with that alone they must not use up the friend's keys. */
  #repeatsFrom(peer: PublicKey): number {
    const { forwardSecurity, mail } = this.#components;
    if (forwardSecurity.held.sendable(peer) < AGAIN_STOCK) return Infinity;
    return (mail.lastSealed(peer).again ?? -Infinity) + AGAIN_INTERVAL;
  }
}
