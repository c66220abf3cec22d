import { fromHex, ToxAsyncError } from '../../lib/index';

/** The 32 bytes of a message id written as 64 hexadecimal digits, as messages of a flow carry it. ErrInvalidArgument. */
export function messageIdOf(value: unknown): Uint8Array {
  const id = typeof value === 'string' ? fromHex(value.trim()) : undefined;
  if (id?.length === 32) return id;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'msg.messageId must be the 64 hexadecimal digits that came with the message.',
  );
}
