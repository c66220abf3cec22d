import { utf8 } from '../bytes';
import { MAX_MESSAGE_SIZE } from '../constants';
import { ToxAsyncError } from '../errors';
import { MAX_PACKET_BYTES } from './transport';

/** The ids that Tox keeps for lossless packets of its clients (Tox specification, "Custom packets"). */
const FIRST_LOSSLESS_ID = 160;
const LAST_LOSSLESS_ID = 191;

/**
 * What every transport checks before it takes a packet.
 * @throws ErrInvalidArgument
 */
export function checkPacket(packet: Uint8Array): void {
  if (packet.length === 0 || packet.length > MAX_PACKET_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A packet must have 1 to ${MAX_PACKET_BYTES} bytes; this one has ${packet.length}. Split it.`,
    );
  }
  const id = packet[0] ?? 0;
  if (id < FIRST_LOSSLESS_ID || id > LAST_LOSSLESS_ID) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A lossless packet must start with a byte from ${FIRST_LOSSLESS_ID} to ${LAST_LOSSLESS_ID}, not ${id}.`,
    );
  }
}

/**
 * What every transport checks before it takes an ordinary Tox message.
 * @throws ErrMessageEmpty, ErrMessageTooLarge
 */
export function checkMessageText(text: string): void {
  const bytes = utf8(text).length;
  if (bytes === 0) throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some text.');
  if (bytes > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `A Tox message can have at most ${MAX_MESSAGE_SIZE} bytes of UTF-8; this one has ${bytes}. Shorten it.`,
    );
  }
}
