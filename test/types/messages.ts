/**
 * Compiled by `tsc` and never run: the kind of a message says what its content is. Each line under an "expect-error"
 * fails the type check as soon as it is accepted.
 */
import type { AsyncManager, PublicKey, ReceivedMessage } from '../../lib/index';

export function read(message: ReceivedMessage): string | Uint8Array {
  // @ts-expect-error: before its kind is looked at, the content may be anything
  const early: string = message.content;
  switch (message.kind) {
    case 'text':
    case 'action':
      return message.content + early;
    case 'binary':
      return message.content.subarray(1);
    case 'json':
      return message.jsonText;
  }
}

export async function send(manager: AsyncManager, friend: PublicKey): Promise<void> {
  await manager.sendAsyncMessage(friend, { json: [1, null, { deep: true }] }, 0, {
    label: 'x',
    compress: 'off',
  });
  // @ts-expect-error: JSON is named as such
  await manager.sendAsyncMessage(friend, { value: 1 });
  // @ts-expect-error: a type is that of a text
  await manager.sendAsyncMessage(friend, 'x', 2);
  // @ts-expect-error: it is automatic or off
  await manager.sendAsyncMessage(friend, 'x', 0, { compress: 'on' });
}
