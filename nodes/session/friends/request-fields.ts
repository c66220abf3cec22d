import { toHex, type PublicKey } from '../../../lib/index';
import type { Message } from '../../runtime/runtime';

/** Somebody asks to be a friend, as a message for the flow. `leftOut`: requests before it that the flow does not hear of. */
export function requestFields(request: { friend: PublicKey; text: string; leftOut: number }): Message {
  const { friend, text, leftOut } = request;
  return { topic: 'tox/request', payload: text, friend: toHex(friend), ...(leftOut > 0 && { leftOut }) };
}
