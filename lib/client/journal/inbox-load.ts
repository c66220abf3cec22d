/** What messages take of the inbox. */
export interface InboxLoad {
  readonly messages: number;
  /** Of their content. */
  readonly bytes: number;
}

export const NO_LOAD: InboxLoad = { messages: 0, bytes: 0 };

export function sumOf(...loads: readonly InboxLoad[]): InboxLoad {
  return {
    messages: loads.reduce((sum, { messages }) => sum + messages, 0),
    bytes: loads.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export function differenceOf(a: InboxLoad, b: InboxLoad): InboxLoad {
  return { messages: a.messages - b.messages, bytes: a.bytes - b.bytes };
}
