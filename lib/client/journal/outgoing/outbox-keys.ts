import type { CryptoProvider } from '../../../crypto/provider';
import type { ForwardSecureMessage } from '../../../forward-security/forward-secure-message';
import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import type { DrawnKey } from '../../../forward-security/held-keys';
import type { WriteBatch } from '../../../store/store';
import { keyUseOf, type OutboxEntry } from './outbox-record';

export interface OutboxKeysComponents {
  readonly crypto: Pick<CryptoProvider, 'wipe'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'sealReturnably'>;
}

/**
 * The keys that messages of the outbox are sealed to. As long as no byte of an envelope left the process, its key stays in
 * memory with its secret: a message that ends before gives it back.
 */
export class OutboxKeys {
  readonly #components: OutboxKeysComponents;
  /** Entries whose envelope is on its way to the disk. */
  readonly #sealing = new Set<number>();
  /** Of entries that were sealed in this process and of which no byte left it; undefined when the key died since. */
  readonly #unsent = new Map<number, DrawnKey | undefined>();

  constructor(components: OutboxKeysComponents) {
    this.#components = components;
  }

  /** Undefined when no key is left. */
  seal(writes: WriteBatch, entry: OutboxEntry, data: Uint8Array): ForwardSecureMessage | undefined {
    const sealed = this.#components.forwardSecurity.sealReturnably(writes, {
      recipientPk: entry.friend,
      data,
      type: entry.type,
      messageId: entry.messageId,
      lifetime: entry.lifetime,
      use: keyUseOf(entry),
      timestamp: Math.max(0, Math.floor(entry.createdAt / 1000)),
    });
    if (sealed === undefined) return undefined;
    this.#sealing.add(entry.sequence);
    this.#unsent.set(entry.sequence, sealed.drawn);
    writes.afterCommit(() => this.#sealing.delete(entry.sequence));
    return sealed.message;
  }

  isSealing({ sequence }: OutboxEntry): boolean {
    return this.#sealing.has(sequence);
  }

  /** An envelope of it left the process, or may have left an earlier one. */
  mayHaveLeft({ sequence, keys }: OutboxEntry): boolean {
    return keys.length > (this.#unsent.has(sequence) ? 1 : 0);
  }

  /** The key of its envelope, which has not left. */
  unsent({ sequence }: OutboxEntry): DrawnKey | undefined {
    return this.#unsent.get(sequence);
  }

  /** Its key is dead. */
  noteDead({ sequence }: OutboxEntry): void {
    if (!this.#unsent.has(sequence)) return;
    this.#wipe(sequence);
    this.#unsent.set(sequence, undefined);
  }

  /** Its envelope leaves. */
  left({ sequence }: OutboxEntry): void {
    this.#wipe(sequence);
    this.#unsent.delete(sequence);
  }

  /** It is finished, or the batch that sealed it was refused. */
  forget(entry: OutboxEntry): void {
    this.#sealing.delete(entry.sequence);
    this.left(entry);
  }

  #wipe(sequence: number): void {
    const drawn = this.#unsent.get(sequence);
    if (drawn) this.#components.crypto.wipe(drawn.keySecret);
  }
}
