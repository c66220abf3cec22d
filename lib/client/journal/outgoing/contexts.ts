import { concat, readUtf8, utf8 } from '../../../bytes';
import type { CryptoProvider } from '../../../crypto/provider';
import type { Store, WriteBatch } from '../../../store/store';
import type { SecretVault, SlotRef, VaultSecret } from '../../../store/vault/secret-vault';
import { boxUnderSlot, unboxUnderSlot } from '../../../store/vault/slot-box';
import { Table } from '../../../store/table';
import type { PublicKey } from '../../../types';

interface ContextRecord {
  readonly ref: SlotRef;
  readonly sealed: Uint8Array;
}

/** Whose message it belongs to. */
export interface ContextName {
  readonly friend: PublicKey;
  readonly messageId: Uint8Array;
}

/**
 * What the caller keeps with a message (a topic, a flow's ids), sealed under a slot of its own in the vault: the
 * message's text is erased as soon as it is delivered, but the ending that is reported after it still has the context.
 */
export class Contexts {
  readonly #crypto: CryptoProvider;
  readonly #vault: SecretVault;
  readonly #table: Table<ContextRecord>;

  constructor(parts: { crypto: CryptoProvider; store: Store; vault: SecretVault }) {
    this.#crypto = parts.crypto;
    this.#vault = parts.vault;
    this.#table = new Table(parts.store, 'context');
  }

  /** Slots in use. */
  *refs(): Generator<SlotRef> {
    for (const { record } of this.#table.entries()) yield record.ref;
  }

  /** @param json the context; @param slot for it alone, its secret is wiped */
  add(writes: WriteBatch, name: ContextName, json: string, { ref, secret }: VaultSecret): void {
    const plain = utf8(json);
    const sealed = boxUnderSlot(this.#crypto, secret, plain);
    this.#crypto.wipe(plain);
    this.#table.put(writes, [keyOf(name)], { ref, sealed });
  }

  /** As the field of an outcome; empty when there is none, or its secret is lost. */
  of(name: ContextName): { readonly context?: unknown } {
    const record = this.#table.get(keyOf(name));
    if (record === undefined) return {};
    const plain = unboxUnderSlot(this.#crypto, this.#vault.read(record.ref), record.sealed);
    const json = plain && readUtf8(plain);
    if (plain !== undefined) this.#crypto.wipe(plain);
    return json === undefined ? {} : { context: JSON.parse(json) as unknown };
  }

  /** The context is erased. */
  forget(writes: WriteBatch, name: ContextName): void {
    const record = this.#table.get(keyOf(name));
    if (record === undefined) return;
    this.#table.delete(writes, [keyOf(name)]);
    this.#vault.erase(writes, [record.ref]);
  }
}

function keyOf({ friend, messageId }: ContextName): Uint8Array {
  return concat(friend, messageId);
}
