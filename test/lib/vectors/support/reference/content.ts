import { inflateRawSync } from 'node:zlib';
import { isUtf8 } from './bytes';
import { readHead } from './large';

const MOST = 262_144;
const DEFLATED = 1;
const LARGE = 2;

/** What the data of a message of this type is worth. */
export function judgeData(type: number, data: Uint8Array): 'ok' | 'malformed' | 'unsupported' {
  if (type === 0x80 || type === 0x81) return 'ok';
  if (type === 4) return judgeExtended(data);
  return type > 4 ? 'unsupported' : fits(type, data) ? 'ok' : 'malformed';
}

/** inner type 1 | flags 1 | label length 1 | label | rest */
function judgeExtended(data: Uint8Array): 'ok' | 'malformed' | 'unsupported' {
  const [inner = 0, flags = 0, labelLength = 0] = data;
  if (inner > 3 || flags > (DEFLATED | LARGE)) return 'unsupported';
  if (data.length < 3 + labelLength) return 'malformed';
  if ((flags & DEFLATED) !== 0 && inner < 2) return 'malformed';
  const label = data.slice(3, 3 + labelLength);
  if (!isUtf8(label) || hasControl(new TextDecoder().decode(label))) return 'malformed';
  // What it says of its chunks must fit; what they say is judged when all are there.
  if ((flags & LARGE) !== 0) return readHead(data) === 'malformed' ? 'malformed' : 'ok';
  const rest = data.slice(3 + labelLength);
  const bytes = (flags & DEFLATED) !== 0 ? inflated(rest) : rest;
  return bytes !== undefined && fits(inner, bytes) ? 'ok' : 'malformed';
}

function hasControl(text: string): boolean {
  return Array.from(text).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
  });
}

function inflated(bytes: Uint8Array): Uint8Array | undefined {
  const whole = tryInflate(bytes);
  // A stream that ends a byte earlier, too, is followed by something.
  return tryInflate(bytes.slice(0, -1)) === undefined ? whole : undefined;
}

function tryInflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MOST });
  } catch {
    return undefined;
  }
}

function fits(inner: number, bytes: Uint8Array): boolean {
  if (inner === 2) return true;
  if (!isUtf8(bytes)) return false;
  if (inner < 2) return true;
  try {
    JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
