import { isUtf8 } from 'node:buffer';
import { MAX_MESSAGE_SIZE } from '../../constants';
import { ToxAsyncError } from '../../errors';
import { isKnownType, isTextType } from './message-types';

/** What a message holds (docs/PROTOCOL.md, "Types"): the same rules for what is accepted, sealed and opened. */
export interface Content {
  /** A byte; see message-types.ts. */
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * Of content that is to be sealed, now or once a key is there.
 * @throws ErrMessageEmpty, ErrMessageTooLarge over MAX_MESSAGE_SIZE bytes, ErrInvalidArgument a type over 255,
 * ErrMalformed a text that is not UTF-8
 */
export function checkContent({ type, data }: Content): void {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) {
    throw new ToxAsyncError('ErrInvalidArgument', `A message type must be between 0 and 255, not ${type}.`);
  }
  if (data.length === 0) {
    throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some text.');
  }
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The message has ${data.length} bytes; the limit is ${MAX_MESSAGE_SIZE}. Shorten it or send it in parts.`,
    );
  }
  if (!isReadable({ type, data })) {
    throw new ToxAsyncError(
      'ErrMalformed',
      'A message must be UTF-8 text. Encode other bytes first, for example as base64.',
    );
  }
}

/** Of content that a friend sealed: friends may send what we would not, such as nothing. */
export function judgeContent({ type, data }: Content): 'ok' | 'malformed' | 'unsupported' {
  if (!isKnownType(type)) return 'unsupported';
  return isReadable({ type, data }) ? 'ok' : 'malformed';
}

function isReadable({ type, data }: Content): boolean {
  return !isTextType(type) || isUtf8(data);
}
