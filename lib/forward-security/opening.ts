import { ToxAsyncError } from '../errors';
import type { NoRoom, OpenResult } from '../protocol/envelope/open';
import type { IssuedKey } from './key-records';

/** What an envelope turned out to be, before anything is written. */
export type Opening =
  | { readonly outcome: 'bad-request' | 'not-yours' | 'unknown-tag' }
  | { readonly outcome: 'forged'; readonly key: IssuedKey }
  | AuthenticOpening;

/** An authentic message for which there was no room. */
export interface TurnedAway extends NoRoom {
  readonly key: IssuedKey;
}

/** Only the friend to whom the key was issued can have made it: the key is to be consumed. */
export interface AuthenticOpening {
  readonly outcome: 'opened' | 'malformed' | 'unsupported';
  readonly key: IssuedKey;
  readonly result: Extract<OpenResult, { messageId: Uint8Array }>;
}

/** @throws ErrMalformed, ErrNotYours, ErrUnknownTag, ErrForged */
export function assertAuthentic(opening: Opening): AuthenticOpening {
  switch (opening.outcome) {
    case 'bad-request':
      throw new ToxAsyncError(
        'ErrMalformed',
        'This is not an envelope of a version that this build can read.',
      );
    case 'not-yours':
      throw new ToxAsyncError('ErrNotYours', 'The envelope is for another mailbox.');
    case 'unknown-tag':
      throw new ToxAsyncError(
        'ErrUnknownTag',
        'The one-time key of this envelope was already used or is not ours.',
      );
    case 'forged':
      throw new ToxAsyncError('ErrForged', 'The envelope was not made by the friend who holds its key.');
    default:
      return opening;
  }
}
