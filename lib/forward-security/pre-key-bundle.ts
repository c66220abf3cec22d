import type { PublicKey } from '../types';

/** The specification's PreKey, with its public half only: the secret one never leaves the vault. */
export interface PreKey {
  /** The id that a message names (docs/PROTOCOL.md, "Exchange"): unique among the keys of one owner for one peer. */
  readonly id: number;
  readonly publicKey: PublicKey;
  /** It has sealed a message. */
  readonly used: boolean;
  /** Unix seconds; undefined while it is unused. */
  readonly usedAt: number | undefined;
}

/** The specification's PreKeyBundle: the keys of one new batch, to give to the peer as `exchange`. */
export interface PreKeyBundle {
  readonly peerPk: PublicKey;
  readonly keys: readonly PreKey[];
  /** Unix seconds by our wall clock; 0 without one. */
  readonly createdAt: number;
  readonly usedCount: number;
  /** Keys of a full stock: PRE_KEYS_PER_PEER, or what the limits say. */
  readonly maxKeys: number;
  /** Unix seconds: when the batch was last offered to the peer. */
  readonly lastRefreshOffer: number;
  /** The bytes to give to the peer, and to nobody else: they have the secret seed of the batch. */
  readonly exchange: Uint8Array;
}
