/** Small byte helpers that every layer uses. */
import { ToxAsyncError } from './errors';

export function concat(...parts: Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A Uint8Array of its own. `slice` of a Buffer is none: it shares the memory. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** A view of a short array makes V8 move the array first, which takes longer than its text. */
const SHORT = Buffer.alloc(64);

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return toText(bytes, 'hex');
}

export function toBase64(bytes: Uint8Array): string {
  return toText(bytes, 'base64');
}

/** One character a byte: a key for a Map, not for people. See byte-map.ts. */
export function textOfBytes(bytes: Uint8Array): string {
  return toText(bytes, 'latin1');
}

/** The bytes of a text that `textOfBytes` made. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function toText(bytes: Uint8Array, encoding: 'hex' | 'base64' | 'latin1'): string {
  if (bytes.length <= SHORT.length) {
    SHORT.set(bytes);
    return SHORT.toString(encoding, 0, bytes.length);
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding);
}

/** undefined when `text` is not an even number of hexadecimal digits. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Half of a surrogate pair: UTF-8 has no form for it, and TextEncoder would put U+FFFD in its place. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws ErrMalformed the text has half of a surrogate pair */
export function utf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) {
    throw new ToxAsyncError(
      'ErrMalformed',
      'This text contains half of a surrogate pair, which UTF-8 cannot carry. Remove the broken character.',
    );
  }
  return new TextEncoder().encode(text);
}

/** undefined when the bytes are not well-formed UTF-8. A byte order mark is kept. */
export function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Big-endian. A DataView for each of thousands of records would take longer than all else that is done with them. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

/** Big-endian. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Bytewise order, as Array.prototype.sort wants it; a prefix comes first. Not for secrets. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  // Most differ early: a call to Buffer.compare takes longer than to get there.
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Not for secrets: see CryptoProvider.equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
