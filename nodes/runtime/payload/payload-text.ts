import { noForm } from './no-form';
import { readPayload } from './payload';

/**
 * The text of a payload: text as it is, JSON as its text, bytes read as UTF-8.
 * @throws what readPayload throws; ErrPayload for bytes that are no text
 */
export function payloadText(payload: unknown): string {
  const read = readPayload(payload);
  if (read.kind !== 'binary') return read.text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.bytes);
  } catch (cause) {
    throw noForm('msg.payload', 'bytes that are not UTF-8 text', cause);
  }
}
