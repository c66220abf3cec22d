/** What messages take of the inbox or the outbox. */
export interface Load {
  readonly messages: number;
  /** Of their content, as it is kept. */
  readonly bytes: number;
}

export const NO_LOAD: Load = { messages: 0, bytes: 0 };

export function sumOf(...loads: readonly Load[]): Load {
  let [messages, bytes] = [0, 0];
  for (const load of loads) {
    messages += load.messages;
    bytes += load.bytes;
  }
  return { messages, bytes };
}

export function differenceOf(a: Load, b: Load): Load {
  return { messages: a.messages - b.messages, bytes: a.bytes - b.bytes };
}
