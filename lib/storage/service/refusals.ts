import type { CodeWord } from '../../protocol/codes';
import type { SessionMessage } from '../../protocol/session/message-kinds';

/** What a storage node answers; the messages of other kinds are not for it. */
export type StorageRequest = Extract<SessionMessage, { kind: 'store' | 'list' | 'fetch' | 'delete' }>;

/** The answers that do nothing, in the form that belongs to the request (docs/PROTOCOL.md, sealed messages). */
export function refusalsOf(message: StorageRequest, code: CodeWord): SessionMessage[] {
  const { request } = message;
  switch (message.kind) {
    case 'store':
      return [{ kind: 'store-answer', request, code, storageId: new Uint8Array(16), kept: 0, wait: 0 }];
    case 'list':
      return [{ kind: 'list-answer', request, code, more: false, items: [] }];
    case 'fetch':
      // A fetch of none has an answer too, or its asker would wait for one.
      if (message.storageIds.length === 0) return [fetchedNothing(request, 0, code)];
      return message.storageIds.map((_id, position) => fetchedNothing(request, position, code));
    case 'delete':
      return [{ kind: 'delete-answer', request, code, deleted: 0 }];
  }
}

/** The answer to one position of a fetch that gives no envelope. */
export function fetchedNothing(request: number, position: number, code: CodeWord): SessionMessage {
  return { kind: 'fetched', request, position, code, age: 0, envelope: new Uint8Array(0) };
}
