import type { IncomingMessage, Message, Runtime } from './runtime';

/**
 * The properties of a message that the runtime can copy, copied: a getter of a flow may throw, or its nesting be too
 * deep.
 * @param without names of properties to leave out
 */
export function copyable(
  { util }: Pick<Runtime, 'util'>,
  msg: IncomingMessage,
  without: readonly string[] = [],
): Message {
  const fields: Message = {};
  for (const key of Object.keys(msg)) {
    if (without.includes(key)) continue;
    try {
      Object.assign(fields, util.cloneMessage({ [key]: Reflect.get(msg, key) }));
    } catch {
      // Left out.
    }
  }
  return fields;
}
