import { decodeExchange } from '../protocol/keys/exchange';
import { preKeyId } from '../protocol/names';
import type { PublicKey } from '../types';
import { type ForwardSecurityOptions, unixSeconds } from './forward-security-options';
import { HeldKeys } from './held-keys';
import { IssuedKeys } from './issued/issued-keys';
import { DEFAULT_KEY_LIMITS } from './key-limits';
import type { PreKey, PreKeyBundle } from './pre-key-bundle';

/**
 * The specification's PreKeyStore (docs/SPECIFICATION.md#prekeystore): the one-time keys we issued (`issued`) and
 * those of our peers that we hold (`held`). generate, refresh and needsRefresh speak of keys we issue;
 * getAvailablePreKey and getRemainingKeyCount of keys we hold.
 */
export class PreKeyStore {
  /** @internal */
  readonly issued: IssuedKeys;
  /** @internal */
  readonly held: HeldKeys;
  readonly #o: ForwardSecurityOptions;
  readonly #maxKeys: number;

  /** Reads the keys of both sides from the store. @throws ErrStore */
  constructor(options: ForwardSecurityOptions) {
    const { keyPair: identity, clock } = options;
    const limits = { ...DEFAULT_KEY_LIMITS, ...options.limits };
    this.#o = options;
    this.#maxKeys = limits.preKeysPerPeer;
    this.issued = new IssuedKeys({ ...options, identity, limits, timestamp: () => unixSeconds(clock) });
    this.held = new HeldKeys({ ...options, identity: identity.publicKey, limits });
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
  getAvailablePreKey(peerPk: PublicKey): PreKey | undefined {
    const key = this.held.next(peerPk);
    return key && unused(key.batch, key);
  }

  /** Messages that can be sealed for the peer before it must give us new keys. */
  getRemainingKeyCount(peerPk: PublicKey): number {
    return this.held.sendable(peerPk);
  }

  async #issue(peerPk: PublicKey, keyCount: number): Promise<PreKeyBundle | undefined> {
    if (keyCount === 0) return undefined;
    const { store, vault } = this.#o;
    const writes = store.batch();
    const { batch, exchange } = await this.issued.issue(writes, peerPk, keyCount);
    await writes.commit();
    await vault.settled();
    const { keys, timestamp } = decodeExchange(exchange);
    return {
      peerPk,
      keys: keys.map((key) => unused(batch, key)),
      createdAt: timestamp,
      usedCount: 0,
      maxKeys: this.#maxKeys,
      lastRefreshOffer: timestamp,
      exchange,
    };
  }
}

function unused(batch: number, { index, publicKey }: { index: number; publicKey: PublicKey }): PreKey {
  return { id: preKeyId(batch, index), publicKey, used: false, usedAt: undefined };
}
