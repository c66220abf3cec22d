import nacl from 'tweetnacl';
import { H, isAcceptable, join, publicOf, readUint, same, sha256, uint, X } from './bytes';

export interface SessionSecrets {
  secret1: Uint8Array;
  secret2: Uint8Array;
  ephemeral1: Uint8Array;
  ephemeral2: Uint8Array;
}

/** What of ML-KEM-768 is in a session; this reference cannot compute it, and takes it as given. */
export interface Kem {
  /** 1,184 bytes, in hello1. */
  key: Uint8Array;
  /** 1,088 bytes, in hello2. */
  ciphertext: Uint8Array;
  secret: Uint8Array;
}

const KEM_KEY_BYTES = 1184;
const KEM_CIPHERTEXT_BYTES = 1088;

/** All bytes after the first; `kem` is the key or the ciphertext. */
export const hello = (
  flags: number,
  ephemeral: Uint8Array,
  echo: Uint8Array,
  kem: Uint8Array,
  versions = [1, 1],
) => join(new Uint8Array(versions), uint(flags, 2), ephemeral, echo, kem);

export const helloOf1 = (flags: number, ephemeral: Uint8Array, kemKey: Uint8Array) =>
  hello(flags, ephemeral, new Uint8Array(8), kemKey);
export const echoOf = (hello1: Uint8Array) => sha256(hello1).slice(0, 8);

export function sessionKeys(s: SessionSecrets, kem: Kem, flags1: number, flags2: number) {
  const [id1, id2] = [publicOf(s.secret1), publicOf(s.secret2)];
  const [e1, e2] = [publicOf(s.ephemeral1), publicOf(s.ephemeral2)];
  const hello1 = helloOf1(flags1, e1, kem.key);
  const hello2 = hello(flags2, e2, echoOf(hello1), kem.ciphertext);
  // Side 1 computes it with secret1 and ephemeral1, side 2 with the other two.
  const ofSide1 = [X(s.secret1, e2), X(s.ephemeral1, id2), X(s.ephemeral1, e2)];
  const K = H('session', ...ofSide1, kem.secret, id1, id2, hello1, hello2);
  return { k12: H('key-1-to-2', K), k21: H('key-2-to-1', K), hello1, hello2 };
}

const nonceOf = (counter: number) => join(uint(counter, 8), new Uint8Array(16));

export function sealed(key: Uint8Array, counter: number, kind: number, body: Uint8Array): Uint8Array {
  const box = nacl.secretbox(join(uint(kind, 1), body), nonceOf(counter), key);
  return join(uint(2, 1), uint(counter, 8), box);
}

/** @param last counter of the last message that was taken */
export function unseal(key: Uint8Array, last: number, message: Uint8Array) {
  const counter = readUint(message, 1, 8);
  if (message[0] !== 2 || message.length < 9 || counter <= last) return undefined;
  const plain = nacl.secretbox.open(message.slice(9), nonceOf(counter), key);
  return plain && plain.length > 0 ? { counter, kind: plain[0], body: plain.slice(1) } : undefined;
}

/**
 * Whether a hello, from its first byte, begins a session: hello2 at side 1, hello1 at side 2. `mine` are our own
 * public keys.
 */
export function takesHello(
  side: 1 | 2,
  bytes: Uint8Array,
  mine: readonly Uint8Array[],
  echo: Uint8Array,
): boolean {
  const [first, min = 0, max = 0] = bytes;
  const least = 45 + (side === 1 ? KEM_CIPHERTEXT_BYTES : KEM_KEY_BYTES);
  if (bytes.length < least || first !== 1 || min > max || min > 1 || max < 1) return false;
  if (side === 2 && !isKemKey(bytes.slice(45, 45 + KEM_KEY_BYTES))) return false;
  return isAcceptable(bytes.slice(5, 37), ...mine) && same(bytes.slice(37, 45), echo);
}

/** FIPS 203, section 7.2: 768 coefficients of 12 bits, little-endian, each below 3,329; then 32 bytes of any value. */
function isKemKey(key: Uint8Array): boolean {
  const triples = Array.from({ length: 384 }, (_, i) => key.slice(3 * i, 3 * i + 3));
  const coefficients = triples.flatMap(([a = 0, b = 0, c = 0]) => [a + 256 * (b % 16), (b >> 4) + 16 * c]);
  return coefficients.every((value) => value < 3329);
}

/** Messages that some packets, in their order, make. */
export function joinFrames(packets: readonly Uint8Array[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let next = { number: -1, index: 0, count: 0 };
  for (const packet of packets) {
    const [id, version, , , index = 0, count = 0] = packet;
    const data = packet.slice(6);
    const number = readUint(packet, 2, 2);
    const isLast = index === count - 1;
    const fits = isLast ? data.length >= 1 && data.length <= 1367 : data.length === 1367;
    if (id !== 0xb1 || version !== 1 || count < 1 || count > 4 || index >= count || !fits) continue;
    const continues = next.number === number && next.count === count && next.index === index;
    if (!continues) parts = [];
    if (!continues && index !== 0) {
      next = { number: -1, index: 0, count: 0 };
      continue;
    }
    parts.push(data);
    if (isLast) messages.push(join(...parts));
    next = isLast ? { number: -1, index: 0, count: 0 } : { number, index: index + 1, count };
    if (isLast) parts = [];
  }
  return messages;
}
