import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import { decodeMailKeys } from '../../protocol/keys/mail-keys';
import { decodeMailReceipts } from '../../protocol/keys/mail-receipts';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import { type Completion, firstOfEach } from '../sending/completion';
import type { ReceiptCode } from '../journal/tombstones';

export interface ServiceMailEffectsParts {
  readonly network: Pick<PeerNetwork, 'hasSession'>;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly completion: Pick<Completion, 'receipt'>;
  /** After the commit: keys came, messages that waited for them can be sealed. */
  readonly onKeys: (peer: PublicKey) => void;
  readonly onKeysRefused: (peer: PublicKey, code: string) => void;
}

/** Receipts or keys: what such a message does takes the place of an inbox entry. */
export function isServiceType(type: number): boolean {
  return type === PLAIN_TYPE.receipts || type === PLAIN_TYPE.keys;
}

/** What receipts and keys by mail do, in the batch that consumes their envelope. */
export class ServiceMailEffects {
  readonly #o: ServiceMailEffectsParts;

  constructor(parts: ServiceMailEffectsParts) {
    this.#o = parts;
  }

  /** In the sender's queue. */
  apply(writes: WriteBatch, sender: PublicKey, type: number, data: Uint8Array): ReceiptCode {
    try {
      return type === PLAIN_TYPE.receipts
        ? this.#receipts(writes, sender, data)
        : this.#keys(writes, sender, data);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrMalformed')) throw error;
      return 'malformed';
    }
  }

  #receipts(writes: WriteBatch, sender: PublicKey, data: Uint8Array): ReceiptCode {
    const { held, receipts } = decodeMailReceipts(data);
    for (const { messageId, code } of firstOfEach(receipts))
      this.#o.completion.receipt(writes, sender, messageId, code);
    this.#noteHeld(writes, sender, held);
    return 'ok';
  }

  #keys(writes: WriteBatch, sender: PublicKey, data: Uint8Array): ReceiptCode {
    const { forwardSecurity, onKeys, onKeysRefused } = this.#o;
    const { batch, valid, held, keys } = decodeMailKeys(data);
    this.#noteHeld(writes, sender, held);
    if (keys.length === 0) return 'ok';
    const result = forwardSecurity.held.take(writes, { from: sender, batch, valid, keys });
    if (result === 'added') writes.afterCommit(() => onKeys(sender));
    if (result === 'added' || result === 'known') return 'ok';
    writes.afterCommit(() => onKeysRefused(sender, result));
    return 'malformed';
  }

  /** While there is a session its states count: mail may be older than the last of them. */
  #noteHeld(writes: WriteBatch, sender: PublicKey, held: number): void {
    const { network, forwardSecurity } = this.#o;
    if (network.hasSession(sender)) return;
    writes.afterCommit(() => forwardSecurity.issued.noteHeld(sender, held));
  }
}
