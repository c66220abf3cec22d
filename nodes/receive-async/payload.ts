import { isUtf8 } from 'node:buffer';
import type { ReceivedMessage } from '../../lib/index';

/** In what form a flow gets payloads; 'auto' as they were sent. */
export type PayloadFormat = 'auto' | 'string' | 'buffer' | 'object';

/** Deepest nesting of lists and objects that a flow gets as such, levels: nodes copy and print what they get. */
const DEEPEST = 500;

/**
 * The payload, for this message alone: several nodes may get it. One that has no such form, bytes that are no text or
 * text that is no JSON, comes as it was sent: nothing is altered, and nothing is lost.
 */
export function payloadOf(message: ReceivedMessage, format: PayloadFormat): unknown {
  switch (format) {
    case 'auto':
      return asSent(message);
    case 'string':
      return textOf(message) ?? asSent(message);
    case 'buffer':
      return Buffer.from(message.kind === 'binary' ? message.content : (textOf(message) ?? ''));
    case 'object': {
      const text = textOf(message);
      const json = text === undefined ? undefined : parsed(text);
      return json === undefined ? asSent(message) : json.value;
    }
  }
}

function asSent(message: ReceivedMessage): unknown {
  switch (message.kind) {
    case 'text':
    case 'action':
      return message.content;
    case 'binary':
      return Buffer.from(message.content);
    case 'json': {
      const json = parsed(message.jsonText);
      return json === undefined ? message.jsonText : json.value;
    }
  }
}

/** Text, JSON as its text, or bytes that are UTF-8; undefined for other bytes. */
function textOf(message: ReceivedMessage): string | undefined {
  if (message.kind === 'json') return message.jsonText;
  if (message.kind !== 'binary') return message.content;
  return isUtf8(message.content) ? Buffer.from(message.content).toString('utf8') : undefined;
}

/** The value of a JSON text; undefined for a text that is none, or is nested beyond measure. */
function parsed(text: string): { readonly value: unknown } | undefined {
  if (depthOf(text) > DEEPEST) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Levels of lists and objects in a JSON text, counted without going down into them. */
function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  for (const [mark] of json.matchAll(/"(?:[^"\\]+|\\.)*"|[[\]{}]/g)) {
    if (mark === '[' || mark === '{') deepest = Math.max(deepest, (depth += 1));
    else if (mark === ']' || mark === '}') depth -= 1;
  }
  return deepest;
}
