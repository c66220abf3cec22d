import { createHash, createHmac } from 'node:crypto';
import nacl from 'tweetnacl';

/**
 * A second implementation of docs/PROTOCOL.md, as small as it can be: tweetnacl, node:crypto's hashes and DataView,
 * and nothing of lib/. What both make alike is what the page says.
 */

export const hex = (digits: string) => new Uint8Array(Buffer.from(digits, 'hex'));
export const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
export const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b);
export const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Big-endian, 1 to 8 bytes. */
export function uint(value: number, length: number): Uint8Array {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, BigInt(value));
  return field.slice(8 - length);
}

export function readUint(bytes: Uint8Array, offset: number, length: number): number {
  const field = new Uint8Array(8);
  field.set(bytes.subarray(offset, offset + length), 8 - length);
  return Number(new DataView(field.buffer).getBigUint64(0));
}

export const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
export const hmacSha256 = (key: Uint8Array, bytes: Uint8Array) =>
  new Uint8Array(createHmac('sha256', key).update(bytes).digest());

/** The labelled hash H. */
export function H(label: string, ...parts: Uint8Array[]): Uint8Array {
  const name = new TextEncoder().encode(`tox-async/1/${label}`);
  const prefixed = parts.flatMap((part) => [uint(part.length, 2), part]);
  return sha256(join(uint(name.length, 1), name, ...prefixed));
}

export const X = (secret: Uint8Array, publicKey: Uint8Array) => nacl.scalarMult(secret, publicKey);
export const publicOf = (secret: Uint8Array) => nacl.scalarMult.base(secret);

const PRIME = 2n ** 255n - 19n;
const ANY_SECRET = new Uint8Array(32).fill(7);

/** Acceptable public keys: canonical, and not of low order (every secret is a multiple of 8 once clamped). */
export function isAcceptable(key: Uint8Array, ...own: Uint8Array[]): boolean {
  if (key.length !== 32 || BigInt(`0x${toHex(key.slice().reverse())}`) >= PRIME) return false;
  if (own.some((other) => same(other, key))) return false;
  return X(ANY_SECRET, key).some((byte) => byte !== 0);
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
