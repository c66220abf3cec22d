import { KEM_CIPHERTEXT_BYTES, KEM_KEY_BYTES } from '../../crypto/kem/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { PublicKey } from '../../types';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';

/** The messages that begin a session, outside any seal (docs/PROTOCOL.md, "Session"). */

/** First byte of a message between peers. */
export const WAKE = 0x00;
export const HELLO = 0x01;

export const ECHO_BYTES = 8;
/** From the first byte to the echo. */
const HEAD_BYTES = 5 + 32 + ECHO_BYTES;
/** Hellos of this version, with their first byte. One of a later version may be longer. */
export const HELLO1_BYTES = HEAD_BYTES + KEM_KEY_BYTES;
export const HELLO2_BYTES = HEAD_BYTES + KEM_CIPHERTEXT_BYTES;

/** The only protocol version so far. */
const VERSION = 1;
/** Side 1 answers nothing. */
const NO_ECHO = new Uint8Array(ECHO_BYTES);

const ACCEPTS_STORES = 1;
const OPEN_NODE = 2;

export interface HelloFlags {
  /** The sender stores mail for the reader. */
  readonly acceptsStores: boolean;
  /** The sender is an open storage node. */
  readonly openNode: boolean;
}

/** What both hellos begin with. */
interface HelloHead {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flags: HelloFlags;
  readonly ephemeral: PublicKey;
  /** Zeros from side 1; from side 2 `helloEcho` of the hello it answers. */
  readonly echo: Uint8Array;
}

export interface Hello1 extends HelloHead {
  /** ML-KEM-768, made for this hello alone; 1,184 bytes. */
  readonly kemKey: Uint8Array;
}

export interface Hello2 extends HelloHead {
  /** What side 2 encapsulated to that key; 1,088 bytes. */
  readonly kemCiphertext: Uint8Array;
}

/** What side 2 sends to say that it waits for a hello. */
export function encodeWake(): Uint8Array {
  return new Uint8Array([WAKE]);
}

/** @throws ErrInvalidArgument */
export function encodeHello1(hello: Pick<Hello1, 'flags' | 'ephemeral' | 'kemKey'>): Uint8Array {
  return headOf({ ...hello, echo: NO_ECHO })
    .fixed(hello.kemKey, KEM_KEY_BYTES)
    .done();
}

/** @throws ErrInvalidArgument */
export function encodeHello2(
  hello: Pick<Hello2, 'flags' | 'ephemeral' | 'echo' | 'kemCiphertext'>,
): Uint8Array {
  return headOf(hello).fixed(hello.kemCiphertext, KEM_CIPHERTEXT_BYTES).done();
}

/**
 * Unknown flags are ignored, and so are bytes that follow: a later version may lengthen the hello. Whether the keys
 * are acceptable shows when they are used.
 * @throws ErrMalformed
 */
export function decodeHello1(bytes: Uint8Array): Hello1 {
  const r = new ByteReader(bytes, 'hello');
  return { ...readHead(r), kemKey: r.bytes(KEM_KEY_BYTES) };
}

/** As `decodeHello1`. @throws ErrMalformed */
export function decodeHello2(bytes: Uint8Array): Hello2 {
  const r = new ByteReader(bytes, 'hello');
  return { ...readHead(r), kemCiphertext: r.bytes(KEM_CIPHERTEXT_BYTES) };
}

/** The highest version that both sides offer; undefined when there is none. */
export function agreedVersion(hello: Pick<HelloHead, 'minVersion' | 'maxVersion'>): number | undefined {
  return hello.minVersion <= VERSION && VERSION <= hello.maxVersion ? VERSION : undefined;
}

/** Which hello a hello of side 2 answers, 8 bytes. @param hello1 whole, with its first byte */
export function helloEcho(crypto: CryptoProvider, hello1: Uint8Array): Uint8Array {
  return crypto.sha256(hashedPart(hello1, HELLO1_BYTES)).slice(0, ECHO_BYTES);
}

/**
 * What hashes take of a hello: all but its first byte, with what follows the part that this version knows.
 * @throws ErrInvalidArgument it is shorter than `least`
 */
export function hashedPart(hello: Uint8Array, least: number): Uint8Array {
  if (hello.length >= least) return hello.subarray(1);
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A hello must have ${least} bytes or more, not ${hello.length}.`,
  );
}

function headOf({ flags, ephemeral, echo }: Pick<HelloHead, 'flags' | 'ephemeral' | 'echo'>): ByteWriter {
  const { acceptsStores, openNode } = flags;
  return new ByteWriter('hello')
    .u8(HELLO)
    .u8(VERSION)
    .u8(VERSION)
    .u16((acceptsStores ? ACCEPTS_STORES : 0) | (openNode ? OPEN_NODE : 0))
    .fixed(ephemeral, 32)
    .fixed(echo, ECHO_BYTES);
}

function readHead(r: ByteReader): HelloHead {
  if (r.u8() !== HELLO) throw r.bad('it starts like another message');
  const minVersion = r.u8();
  const maxVersion = r.u8();
  if (minVersion > maxVersion) throw r.bad('its versions are in the wrong order');
  const flags = r.u16();
  return {
    minVersion,
    maxVersion,
    flags: { acceptsStores: (flags & ACCEPTS_STORES) !== 0, openNode: (flags & OPEN_NODE) !== 0 },
    ephemeral: r.bytes(32),
    echo: r.bytes(ECHO_BYTES),
  };
}
