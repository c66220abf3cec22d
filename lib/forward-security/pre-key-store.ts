import type { SecretVault } from '../store/vault/secret-vault';
import type { Store } from '../store/store';
import type { PublicKey } from '../types';
import type { HeldKeys } from './held-keys';
import type { IssuedKeys } from './issued-keys';
import type { HeldKey } from './key-records';

/** Keys of one new batch, as the specification's PreKeyBundle names them; no secret leaves the vault. */
export interface PreKeyBundle {
  readonly peerPk: PublicKey;
  readonly batch: number;
  readonly keyCount: number;
  /** The bytes to give to the peer (docs/PROTOCOL.md, "Exchange"). */
  readonly exchange: Uint8Array;
}

/**
 * The specification's PreKeyStore (docs/SPECIFICATION.md#prekeystore): the one-time keys we issued (`issued`) and
 * those of our peers that we hold (`held`). generate, refresh and needsRefresh speak of keys we issue;
 * getAvailablePreKey and getRemainingKeyCount of keys we hold.
 */
export class PreKeyStore {
  readonly issued: IssuedKeys;
  readonly held: HeldKeys;
  readonly #store: Store;
  readonly #vault: SecretVault;

  constructor(parts: { issued: IssuedKeys; held: HeldKeys; store: Store; vault: SecretVault }) {
    this.issued = parts.issued;
    this.held = parts.held;
    this.#store = parts.store;
    this.#vault = parts.vault;
  }

  /**
   * Issues a batch that fills the peer's stock; undefined when it is full.
   * @throws ErrLocalStorageFull, ErrStore
   */
  generatePreKeys(peerPk: PublicKey): Promise<PreKeyBundle | undefined> {
    return this.#issue(peerPk, this.issued.shortage(peerPk, { fill: true }));
  }

  /** The peer's stock of our keys is below the threshold or too old. */
  needsRefresh(peerPk: PublicKey): boolean {
    return this.issued.shortage(peerPk) > 0;
  }

  /** Tops the stock up if it needs it. Departs from the specification: keys in use stay alive. */
  refreshPreKeys(peerPk: PublicKey): Promise<PreKeyBundle | undefined> {
    return this.#issue(peerPk, this.issued.shortage(peerPk));
  }

  /** The peer's key that the next message would use; it is not spent by asking. */
  getAvailablePreKey(peerPk: PublicKey): HeldKey | undefined {
    return this.held.next(peerPk);
  }

  /** Messages that can be sealed for the peer before it must give us new keys. */
  getRemainingKeyCount(peerPk: PublicKey): number {
    return this.held.sendable(peerPk);
  }

  async #issue(peerPk: PublicKey, keyCount: number): Promise<PreKeyBundle | undefined> {
    if (keyCount === 0) return undefined;
    const writes = this.#store.batch();
    const { batch, exchange } = await this.issued.issue(writes, peerPk, keyCount);
    await writes.commit();
    await this.#vault.settled();
    return { peerPk, batch, keyCount, exchange };
  }
}
