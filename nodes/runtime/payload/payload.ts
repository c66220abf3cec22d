import { types } from 'node:util';
import { faithfulJson, ToxAsyncError } from '../../../lib/index';
import { noForm } from './no-form';

/** What a flow wants to be sent, copied: whatever the flow does afterwards with its own changes nothing. */
export type Payload =
  | { readonly kind: 'text'; readonly text: string }
  /** Number, boolean, null, object or list. */
  | { readonly kind: 'json'; readonly text: string }
  /** Buffer, ArrayBuffer, or any view of one. */
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

/**
 * The payload of a message of a flow, in the form in which it arrives as it was. Reads each part of it once.
 * @param name how errors call it
 * @throws ErrMessageEmpty; ErrPayload what has no such form; ErrMessageTooLarge
 */
export function readPayload(payload: unknown, name = 'msg.payload'): Payload {
  try {
    return payloadOf(payload, name);
  } catch (error) {
    if (ToxAsyncError.is(error)) throw error;
    // A getter or a proxy of the flow.
    throw noForm(name, 'something that throws when it is read', error);
  }
}

function payloadOf(payload: unknown, name: string): Payload {
  const bytes = bytesOf(payload);
  if (payload === undefined || payload === '' || bytes?.length === 0) throw nothing(name);
  if (bytes !== undefined) return { kind: 'binary', bytes };
  if (typeof payload === 'string') return { kind: 'text', text: wellFormed(payload, name) };
  const json = faithfulJson(payload, name, noForm);
  // JSON has a text in their place.
  if (types.isDate(payload) || types.isNativeError(payload)) {
    return { kind: 'text', text: JSON.parse(json) as string };
  }
  return { kind: 'json', text: json };
}

/** ErrPayload when a character has lost its other half: it would arrive as another one. */
function wellFormed(text: string, name: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  throw noForm(name, 'text with half a character (a lone surrogate)');
}

/** A copy of the bytes, also of those of a Function node, whose own globals are not ours. */
function bytesOf(payload: unknown): Uint8Array | undefined {
  if (types.isAnyArrayBuffer(payload)) return new Uint8Array(payload).slice();
  if (!ArrayBuffer.isView(payload)) return undefined;
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength).slice();
}

function nothing(name: string): ToxAsyncError {
  return new ToxAsyncError('ErrMessageEmpty', `There is nothing to send. Put the text in ${name}.`);
}
