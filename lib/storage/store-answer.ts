import { ToxAsyncError } from '../errors';
import type { PublicKey } from '../types';

/** Why a storage node does not take an envelope: words of docs/PROTOCOL.md. */
export type StoreRefusal =
  'off' | 'bad-request' | 'no-mailbox' | 'rate' | 'mailbox-share' | 'node-share' | 'node-full';

/** The node keeps the envelope. */
export interface Stored {
  /** 'known': this envelope was already stored; its lifetime starts over. */
  readonly code: 'ok' | 'known';
  /** 16 bytes. */
  readonly storageId: Uint8Array;
  /** Seconds it will be kept from now. */
  readonly kept: number;
  /** Absent for one whom only another node of the fleet knows. */
  readonly recipient?: PublicKey;
}

/** The node does not take the envelope. */
export interface Refused {
  readonly code: StoreRefusal;
  /** Zeros when the request was refused before it was computed. */
  readonly storageId: Uint8Array;
  /** Seconds until another try makes sense; 0 when waiting is not what helps. */
  readonly wait: number;
}

/** What became of an envelope. */
export type StoreAnswer = Stored | Refused;

export const isStored = (answer: StoreAnswer): answer is Stored =>
  answer.code === 'ok' || answer.code === 'known';

/** The refusal as the error of the specification's API. */
export function refusalError({ code, wait }: Refused): ToxAsyncError {
  switch (code) {
    case 'off':
      return new ToxAsyncError('ErrRefused', 'This storage node is switched off. Use another one.');
    case 'bad-request':
      return new ToxAsyncError(
        'ErrMalformed',
        'This is not an envelope of a known size and version. Seal the message again.',
      );
    case 'no-mailbox':
      return new ToxAsyncError(
        'ErrInvalidRecipient',
        'The recipient is not a friend of this storage node. Add them there, or use a node that you both know.',
      );
    case 'rate':
      return new ToxAsyncError(
        'ErrRateLimited',
        `Too many messages in a short time. Try again in ${wait} s.`,
      );
    case 'mailbox-share':
      return new ToxAsyncError(
        'ErrStorageFull',
        'Too many of your messages are waiting for this recipient. Send more once some are fetched or expire.',
      );
    case 'node-share':
      return new ToxAsyncError(
        'ErrStorageFull',
        'Your share of this storage node is used up. Use more nodes, or wait until some mail is fetched.',
      );
    case 'node-full':
      return new ToxAsyncError(
        'ErrStorageFull',
        'This storage node is full. Use another one, or try again later.',
      );
  }
}
