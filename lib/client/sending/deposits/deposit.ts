import { sameBytes } from '../../../bytes';
import type { MessageOf } from '../../../network/requests';
import type { WriteBatch } from '../../../store/store';
import type { PublicKey } from '../../../types';
import type { Copy } from '../../journal/outgoing/copies';

/**
 * A node that keeps mail for less than this, seconds, is not used, unless the life of the mail ends before: it would be
 * given all of the outbox again and again.
 */
const LEAST_KEPT = 3600;

export type StoreAnswer = MessageOf<'store-answer'>;

/** Something that is to lie on storage nodes: a message of the outbox, or service mail. */
export interface Deposit {
  readonly sequence: number;
  readonly friend: PublicKey;
  /** Age at which its life began, and the life's length, seconds. */
  readonly acceptedAt: number;
  readonly lifetime: number;
  /** Absent while it has no envelope. */
  readonly sealed?: { readonly storageId: Uint8Array };
  readonly copies: readonly Copy[];
  /** The highest number of nodes reported so far. */
  readonly told: number;
  /** It goes before others. */
  readonly isUrgent?: boolean;
  /** What a node confirmed is not deposited again. */
  readonly once?: boolean;
}

/** Where such entries are kept, durable. */
export interface DepositJournal<E extends Deposit> {
  has(entry: E): boolean;
  /** Undefined while it must not leave the process. */
  envelope(entry: E): Uint8Array | undefined;
  /** @param copies all of them */
  recordCopies(writes: WriteBatch, entry: E, copies: readonly Copy[], told: number): void;
}

/** Whether the node has the envelope. One that hardly keeps it, or says that it has another, would be asked for ever. */
export function isCopy(
  { code, kept, storageId }: StoreAnswer,
  expected: Uint8Array | undefined,
  remaining: number,
): boolean {
  if (code !== 'ok' && code !== 'known') return false;
  if (expected === undefined || !sameBytes(storageId, expected)) return false;
  return kept >= Math.min(remaining, LEAST_KEPT);
}
