import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import { decodeMailKeys } from '../../protocol/keys/mail-keys';
import { decodeMailReceipts } from '../../protocol/keys/mail-receipts';
import type { Receipt } from '../../protocol/session/message-kinds';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import type { AsyncClientHooks } from '../client-options';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Resealer } from '../sending/resealer';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import { type Completion, firstOfEach } from '../sending/completion';
import type { ReceiptCode } from '../../protocol/codes';

export interface ServiceMailEffectsComponents {
  readonly network: Pick<PeerNetwork, 'isProven'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'held' | 'issued'>;
  readonly completion: Pick<Completion, 'messageBy' | 'receipt'>;
  readonly resealer: Pick<Resealer, 'sealWaiting'>;
  readonly queues: KeyedQueue;
  readonly hooks: Pick<AsyncClientHooks, 'onKeysExchanged' | 'onKeysRefused' | 'onError'>;
}

/** Receipts or keys: what such a message does takes the place of an inbox entry. */
export function isServiceType(type: number): boolean {
  return type === PLAIN_TYPE.receipts || type === PLAIN_TYPE.keys;
}

/** What receipts and keys by mail do, in the batch that consumes their envelope. */
export class ServiceMailEffects {
  readonly #components: ServiceMailEffectsComponents;

  constructor(components: ServiceMailEffectsComponents) {
    this.#components = components;
  }

  /** In the sender's queue. */
  async apply(writes: WriteBatch, sender: PublicKey, type: number, data: Uint8Array): Promise<ReceiptCode> {
    try {
      return type === PLAIN_TYPE.receipts
        ? this.#receipts(writes, sender, data)
        : await this.#keys(writes, sender, data);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrMalformed')) throw error;
      return 'malformed';
    }
  }

  #receipts(writes: WriteBatch, sender: PublicKey, data: Uint8Array): ReceiptCode {
    const { completion } = this.#components;
    const { held, arrived, receipts } = decodeMailReceipts(data);
    const byKey = arrived.flatMap((receipt): Receipt[] => {
      const messageId = completion.messageBy(sender, receipt);
      return messageId ? [{ messageId, code: 'ok' }] : [];
    });
    for (const { messageId, code } of firstOfEach([...byKey, ...receipts]))
      completion.receipt(writes, sender, messageId, code);
    this.#noteHeld(writes, sender, held);
    return 'ok';
  }

  async #keys(writes: WriteBatch, sender: PublicKey, data: Uint8Array): Promise<ReceiptCode> {
    const { forwardSecurity, hooks } = this.#components;
    const { held, ...offered } = decodeMailKeys(data);
    this.#noteHeld(writes, sender, held);
    const result = await forwardSecurity.held.take(writes, { from: sender, ...offered });
    if (result === 'added') writes.afterCommit(() => this.#onKeysAdded(sender));
    if (result === 'added' || result === 'known') return 'ok';
    writes.afterCommit(() => hooks.onKeysRefused(sender, result));
    return 'malformed';
  }

  /** Messages that waited for keys are sealed, in their turn: the sender's queue is in use by what brought the keys. */
  #onKeysAdded(sender: PublicKey): void {
    const { resealer, queues, hooks } = this.#components;
    hooks.onKeysExchanged(sender);
    queues.run(sender, () => resealer.sealWaiting(sender)).catch((error: unknown) => hooks.onError(error));
  }

  /** While there is a session its states count: mail may be older than the last of them. */
  #noteHeld(writes: WriteBatch, sender: PublicKey, held: number): void {
    const { network, forwardSecurity } = this.#components;
    if (network.isProven(sender)) return;
    writes.afterCommit(() => forwardSecurity.issued.noteHeld(sender, held));
  }
}
