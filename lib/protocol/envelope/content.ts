import { MAX_MESSAGE_SIZE } from '../../constants';
import { ToxAsyncError } from '../../errors';
import { readLargeContent } from './large/large-content';
import { readMessageContent } from './message-content';
import { PLAIN_TYPE } from './message-types';

/** What one envelope holds (docs/PROTOCOL.md, "Types"): the same rules for what is accepted, sealed and opened. */
export interface Content {
  /** A byte; see message-types.ts. */
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * Of content that is to be sealed, now or once a key is there. Types that this version does not know may be sealed.
 * @throws ErrMessageEmpty, ErrMessageTooLarge over MAX_MESSAGE_SIZE bytes, ErrInvalidArgument a type over 255,
 * ErrMalformed data that is not what its type says
 */
export function checkContent({ type, data }: Content): void {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) {
    throw new ToxAsyncError('ErrInvalidArgument', `A message type must be between 0 and 255, not ${type}.`);
  }
  if (data.length === 0) {
    throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some content.');
  }
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The content has ${data.length} bytes; one envelope holds ${MAX_MESSAGE_SIZE}. Shorten it, or send it with sendAsyncMessage.`,
    );
  }
  if (judgeContent({ type, data }) === 'malformed') {
    throw new ToxAsyncError(
      'ErrMalformed',
      'The data is not what its type says: text must be UTF-8, and JSON one value. Correct it, or send it as binary.',
    );
  }
}

/** Of content that a friend sealed: friends may send what we would not, such as nothing. */
export function judgeContent({ type, data }: Content): 'ok' | 'malformed' | 'unsupported' {
  if (type === PLAIN_TYPE.receipts || type === PLAIN_TYPE.keys) return 'ok';
  const large = readLargeContent({ type, data });
  // What its chunks say shows when all are there.
  if (large !== 'none') return large === 'malformed' ? large : 'ok';
  const message = readMessageContent(type, data);
  if (typeof message === 'string') return message;
  // Inflated here, so that nothing of it stays in memory.
  if (message.bytes.buffer !== data.buffer) message.bytes.fill(0);
  return 'ok';
}
