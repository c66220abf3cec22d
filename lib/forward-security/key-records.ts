import { concat } from '../bytes';
import { type RecordForm } from '../store/record-form';
import { readSequence, sequenceKey } from '../store/table';
import type { SealedOffer } from './issued/sealed-offer';
import type { WrappedSecret } from './key-slots';

/** A batch of our own one-time keys that we gave (or are giving) to one peer. */
export interface IssuedBatchRecord {
  /** Rises with every batch for any peer: the order in which messages sealed to them were meant. */
  readonly order: number;
  /** The exchange, kept until the peer acknowledged it so that the same bytes go out again. */
  offer?: SealedOffer;
  acknowledged: boolean;
  /** It went out in a mail. */
  mailed?: true;
  /** Ages in seconds (store/directory/age-clock.ts). */
  readonly createdAt: number;
  sentAt: number;
}

/** One live key of such a batch; its slot holds the k of which p is made. */
export interface IssuedKeyRecord extends WrappedSecret {
  readonly publicKey: Uint8Array;
  readonly tag: Uint8Array;
}

/** A live key of ours, as a tag finds it. */
export interface IssuedKey extends IssuedKeyRecord {
  readonly peer: Uint8Array;
  readonly batch: number;
  readonly index: number;
  readonly order: number;
}

/** A batch of a peer's keys that we took, in the order of taking. */
export interface OrderedBatch {
  readonly batch: number;
  /** Age in seconds. */
  readonly takenAt: number;
}

export const BATCH_BYTES = 3;

/** batch 3 | age 8 */
export const orderedBatch: RecordForm<OrderedBatch> = {
  encode: ({ batch, takenAt }) => concat(batchKey(batch), sequenceKey(takenAt)),
  decode: (bytes) => ({ batch: readBatchKey(bytes), takenAt: readSequence(bytes.subarray(BATCH_BYTES)) }),
};

/** One unused key of a peer. */
export interface HeldKeyRecord extends WrappedSecret {
  readonly batch: number;
  readonly index: number;
  readonly publicKey: Uint8Array;
  readonly tag: Uint8Array;
  readonly validUntil: number;
}

export interface HeldKey extends HeldKeyRecord {
  readonly peer: Uint8Array;
  /** Of the peer; all keys of one peer share it. */
  readonly mailbox: Uint8Array;
  /** Position in the peer's stock; keys are spent in this order. */
  readonly sequence: number;
}

/** A batch number as three bytes, for keys of records. */
export function batchKey(batch: number): Uint8Array {
  return new Uint8Array([batch >>> 16, batch >>> 8, batch]);
}

export function readBatchKey(bytes: Uint8Array): number {
  return ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
}
