import { ERASE_SLACK, EXCHANGE_RETRY_AGE, type KeyLimits } from '../key-limits';
import type { IssuedBatchRecord } from '../key-records';

/** Ages from which a batch of ours is erased, and from which its exchange is never offered again; Infinity: it is not. */
export function endsOf(
  { sentAt, createdAt, mailed, offer }: IssuedBatchRecord,
  { maxPreKeyAge, maxMessageLifetime }: KeyLimits,
): { readonly erasedAt: number; readonly closedAt: number } {
  const isOffered = offer !== undefined && mailed === undefined;
  return {
    erasedAt: sentAt + maxPreKeyAge + maxMessageLifetime + ERASE_SLACK + 1,
    closedAt: isOffered ? createdAt + EXCHANGE_RETRY_AGE + 1 : Infinity,
  };
}
