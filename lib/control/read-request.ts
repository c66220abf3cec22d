import { ToxAsyncError } from '../errors';
import type { ControlContent, ControlRequest, SendUntil } from './requests';

/** Longest line with a request: the largest payload in base64, and the words around it. Bytes. */
export const LONGEST_REQUEST = 524_288;
/** Longest text of any other field, characters. */
const LONGEST_TEXT = 4096;
/** Longest wait for an answer, seconds. */
const LONGEST_TIMEOUT = 14 * 24 * 60 * 60;

const UNTIL: readonly string[] = ['queued', 'stored', 'delivered'] satisfies SendUntil[];

type Fields = Readonly<Record<string, unknown>>;

/**
 * The request in a line. Fields that it does not know are left out.
 * @throws ErrMalformed it is none; ErrUnsupportedVersion it asks for something that this version does not know
 */
export function readRequest(line: string): ControlRequest {
  const fields = fieldsIn(line);
  const ask = textIn(fields, 'ask');
  switch (ask) {
    case 'identity':
    case 'status':
    case 'history':
    case 'friends':
      return { ask };
    case 'receive':
      return fields.once === true ? { ask, once: true } : { ask };
    case 'findings':
      return { ask, ...optional(fields, 'friend') };
    case 'add-friend': {
      const toxId = textIn(fields, 'toxId');
      return { ask, toxId, greeting: textIn(fields, 'greeting'), ...optional(fields, 'name') };
    }
    case 'accept-friend':
      return { ask, key: textIn(fields, 'key'), ...optional(fields, 'name') };
    case 'remove-friend':
      return { ask, friend: textIn(fields, 'friend') };
    case 'rename-friend':
      return { ask, friend: textIn(fields, 'friend'), name: textIn(fields, 'name') };
    case 'send':
      return readSend(fields);
    case 'cancel':
      return { ask, messageId: messageIdIn(fields), ...optional(fields, 'friend') };
    case 'backup':
      return { ask, passphrase: textIn(fields, 'passphrase') };
    default:
      throw new ToxAsyncError(
        'ErrUnsupportedVersion',
        `The process that holds the data directory does not know the request "${ask.slice(0, 32)}". Update and restart it.`,
      );
  }
}

function readSend(fields: Fields): ControlRequest {
  const until = textIn(fields, 'until');
  if (!isUntil(until)) throw malformed('until');
  return {
    ask: 'send',
    friend: textIn(fields, 'friend'),
    content: contentIn(fields.content),
    ...optional(fields, 'topic'),
    ...optional(fields, 'replaces'),
    ...('messageId' in fields && { messageId: messageIdIn(fields) }),
    ...(fields.urgent === true && { urgent: true }),
    ...('lifetime' in fields && { lifetime: numberIn(fields, 'lifetime') }),
    ...('overdueAfter' in fields && { overdueAfter: numberIn(fields, 'overdueAfter') }),
    until,
    timeout: Math.min(numberIn(fields, 'timeout'), LONGEST_TIMEOUT),
  };
}

function isUntil(text: string): text is SendUntil {
  return UNTIL.includes(text);
}

function contentIn(value: unknown): ControlContent {
  const content = objectIn(value, 'content');
  const { text, base64, action } = content;
  if (typeof text === 'string') return action === true ? { text, action } : { text };
  if ('json' in content) return { json: content.json };
  if (typeof base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return { base64 };
  throw malformed('content');
}

function messageIdIn(fields: Fields): string {
  const text = textIn(fields, 'messageId');
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw malformed('messageId');
}

function fieldsIn(line: string): Fields {
  try {
    return objectIn(JSON.parse(line), 'line');
  } catch (error) {
    if (ToxAsyncError.is(error)) throw error;
    throw malformed('line');
  }
}

function objectIn(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw malformed(name);
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  throw malformed(name);
}

function optional<N extends string>(fields: Fields, name: N): { readonly [K in N]?: string } {
  if (fields[name] === undefined) return {};
  const read: { [K in N]?: string } = {};
  read[name] = textIn(fields, name);
  return read;
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw malformed(name);
}

function malformed(name: string): ToxAsyncError {
  return new ToxAsyncError('ErrMalformed', `The request has no usable "${name}".`);
}
