import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import { checkPublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import type { KeyPair, PublicKey } from '../../types';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';

/**
 * The key agreement of one connection (docs/PROTOCOL.md, "Session"). Three Diffie-Hellmans bind both identities
 * and two fresh ephemerals: neither a stolen copy of one identity nor a recorded hello is enough to pose as the
 * other side, and once the ephemerals are wiped nobody can read what was said.
 */

/** First byte of a message between peers. */
export const WAKE = 0x00;
export const HELLO = 0x01;

/** A hello with its first byte. */
export const HELLO_BYTES = 45;
export const ECHO_BYTES = 8;

/** The only protocol version so far. */
const VERSION = 1;

const ACCEPTS_STORES = 1;
const OPEN_NODE = 2;

export interface HelloFlags {
  /** The sender stores mail for the reader. */
  readonly acceptsStores: boolean;
  /** The sender is an open storage node. */
  readonly openNode: boolean;
}

export interface Hello {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flags: HelloFlags;
  readonly ephemeral: PublicKey;
  /** Zeros from side 1; from side 2 `helloEcho` of the hello it answers. */
  readonly echo: Uint8Array;
}

/** What side 2 sends to say that it waits for a hello. */
export function encodeWake(): Uint8Array {
  return new Uint8Array([WAKE]);
}

/** @throws ErrInvalidArgument */
export function encodeHello(hello: Pick<Hello, 'flags' | 'ephemeral' | 'echo'>): Uint8Array {
  const { acceptsStores, openNode } = hello.flags;
  return new ByteWriter('hello')
    .u8(HELLO)
    .u8(VERSION)
    .u8(VERSION)
    .u16((acceptsStores ? ACCEPTS_STORES : 0) | (openNode ? OPEN_NODE : 0))
    .fixed(hello.ephemeral, 32)
    .fixed(hello.echo, ECHO_BYTES)
    .done();
}

/** Unknown flags are ignored. Whether the ephemeral is acceptable shows in `deriveSessionKeys`. @throws ErrMalformed */
export function decodeHello(bytes: Uint8Array): Hello {
  const r = new ByteReader(bytes, 'hello');
  if (r.u8() !== HELLO) throw r.bad('it starts like another message');
  const minVersion = r.u8();
  const maxVersion = r.u8();
  if (minVersion > maxVersion) throw r.bad('its versions are in the wrong order');
  const flags = r.u16();
  const ephemeral = r.bytes(32);
  const echo = r.bytes(ECHO_BYTES);
  r.end();
  return {
    minVersion,
    maxVersion,
    flags: { acceptsStores: (flags & ACCEPTS_STORES) !== 0, openNode: (flags & OPEN_NODE) !== 0 },
    ephemeral,
    echo,
  };
}

/** The highest version that both sides offer; undefined when there is none. */
export function agreedVersion(hello: Pick<Hello, 'minVersion' | 'maxVersion'>): number | undefined {
  return hello.minVersion <= VERSION && VERSION <= hello.maxVersion ? VERSION : undefined;
}

/** Which hello a hello of side 2 answers, 8 bytes. @param hello1 whole, with its first byte */
export function helloEcho(crypto: CryptoProvider, hello1: Uint8Array): Uint8Array {
  return crypto.sha256(withoutFirstByte(hello1)).slice(0, ECHO_BYTES);
}

/** Which side of the session an identity is: 1 has the smaller key and begins. */
export function sideOf(identity: PublicKey, peer: PublicKey): 1 | 2 {
  return Buffer.compare(identity, peer) < 0 ? 1 : 2;
}

export interface SessionKeysInput {
  readonly side: 1 | 2;
  readonly identity: KeyPair;
  /** Its secret is wiped when the keys are made. */
  readonly ephemeral: KeyPair;
  readonly peerIdentity: PublicKey;
  readonly peerEphemeral: PublicKey;
  /** Both hellos whole, with their first byte. */
  readonly hello1: Uint8Array;
  readonly hello2: Uint8Array;
}

export interface SessionKeys {
  /** 32 bytes each, for sealMessage and openSealed. */
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
}

/** @throws ErrInvalidKey a key of the peer is not acceptable or is one of ours: ignore its hello */
export function deriveSessionKeys(crypto: CryptoProvider, input: SessionKeysInput): SessionKeys {
  const { side, identity, ephemeral, peerIdentity, peerEphemeral } = input;
  const own = [identity.publicKey, ephemeral.publicKey];
  checkPublicKey(peerIdentity, "The peer's identity", ...own);
  checkPublicKey(peerEphemeral, "The peer's key for this session", ...own);
  const fromIdentity = crypto.sharedSecret(identity.secretKey, peerEphemeral);
  const fromEphemeral = crypto.sharedSecret(ephemeral.secretKey, peerIdentity);
  const fromBoth = crypto.sharedSecret(ephemeral.secretKey, peerEphemeral);
  const [x1, x2, id1, id2] =
    side === 1
      ? [fromIdentity, fromEphemeral, identity.publicKey, peerIdentity]
      : [fromEphemeral, fromIdentity, peerIdentity, identity.publicKey];
  const hellos = [withoutFirstByte(input.hello1), withoutFirstByte(input.hello2)];
  const k = labelledHash(crypto, 'session', x1, x2, fromBoth, id1, id2, ...hellos);
  const oneToTwo = labelledHash(crypto, 'key-1-to-2', k);
  const twoToOne = labelledHash(crypto, 'key-2-to-1', k);
  for (const secret of [k, fromIdentity, fromEphemeral, fromBoth, ephemeral.secretKey]) crypto.wipe(secret);
  return side === 1 ? { send: oneToTwo, receive: twoToOne } : { send: twoToOne, receive: oneToTwo };
}

function withoutFirstByte(hello: Uint8Array): Uint8Array {
  if (hello.length === HELLO_BYTES) return hello.subarray(1);
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A hello must have ${HELLO_BYTES} bytes, not ${hello.length}.`,
  );
}
