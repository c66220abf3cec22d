import { types } from 'node:util';
import { ToxAsyncError } from '../../lib/index';

/**
 * The text of a payload: text as it is, numbers and booleans written out, objects and lists as JSON, a Buffer read
 * as UTF-8. ErrMessageEmpty when there is none, ErrInvalidArgument for what is no text.
 */
export function payloadText(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  // Also those of a Function node, whose own globals are not ours.
  if (types.isUint8Array(payload)) return bufferText(payload);
  if (typeof payload === 'number' || typeof payload === 'bigint' || typeof payload === 'boolean')
    return String(payload);
  if (payload !== undefined && payload !== null) return jsonText(payload);
  throw new ToxAsyncError('ErrMessageEmpty', 'There is nothing to send. Put the text in msg.payload.');
}

function bufferText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'The Buffer in msg.payload is not UTF-8 text. Send it as base64 text, for example.',
      { cause },
    );
  }
}

function jsonText(value: unknown): string {
  // A function has no JSON form, and an object can say so: the types of stringify leave that out.
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw notJson(cause);
  }
  if (typeof text !== 'string') throw notJson();
  return text;
}

function notJson(cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'msg.payload cannot be converted to JSON. Send only the parts that matter.',
    { cause },
  );
}
