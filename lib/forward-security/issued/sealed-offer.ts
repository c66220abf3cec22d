import type { CryptoProvider } from '../../crypto/provider';
import type { SecretVault, SlotRef, VaultSecret } from '../../store/vault/secret-vault';
import { boxUnderSlot, unboxUnderSlot } from '../../store/vault/slot-box';

/**
 * An exchange that waits for its acknowledgement, as it lies in the Store. It has the seed of its batch, so it must be
 * gone for good once that is taken.
 */
export interface SealedOffer {
  readonly ref: SlotRef;
  /** Under that slot (store/vault/slot-box.ts). */
  readonly sealed: Uint8Array;
}

/** A batch and the exchange that brings it, which is confidential. */
export interface Offer {
  readonly batch: number;
  readonly exchange: Uint8Array;
}

/** Wipes the slot's secret. */
export function sealOffer(
  crypto: CryptoProvider,
  { ref, secret }: VaultSecret,
  exchange: Uint8Array,
): SealedOffer {
  return { ref, sealed: boxUnderSlot(crypto, secret, exchange) };
}

/** The exchange; undefined when its slot is erased, lost or damaged. */
export function openOffer(
  { crypto, vault }: { readonly crypto: CryptoProvider; readonly vault: Pick<SecretVault, 'read'> },
  offer: SealedOffer | undefined,
): Uint8Array | undefined {
  return offer && unboxUnderSlot(crypto, vault.read(offer.ref), offer.sealed);
}
