import assert from 'node:assert/strict';
import type { ReceivedMessage } from '../../lib/client/messages';

/** What a text message says; a test that gets anything else fails. */
export function textOf(message: ReceivedMessage | undefined): string {
  assert.ok(message?.kind === 'text' || message?.kind === 'action', `${message?.kind} is no text`);
  return message.content;
}
