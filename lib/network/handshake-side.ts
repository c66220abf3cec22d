import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import type { Timers } from '../platform/timers';
import {
  agreedVersion,
  decodeHello,
  type Hello,
  type HelloFlags,
  type SessionKeys,
} from '../protocol/session/handshake';
import type { KeyPair, PublicKey } from '../types';

/** What both sides of a handshake need. */
export interface HandshakeOptions {
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly identity: KeyPair;
  readonly peer: PublicKey;
  /** What we say of ourselves to this peer, asked again for each hello. */
  readonly flags: () => HelloFlags;
  /** Queues a message for the peer; false when it took none. */
  readonly send: (message: Uint8Array) => boolean;
  /** Three hellos or wakes had no answer in this connection. */
  readonly onUnanswered: () => void;
}

/** The keys of a new session and what the peer says of itself. */
export interface Agreement {
  readonly keys: SessionKeys;
  readonly flags: HelloFlags;
}

/** One side of the key agreement of one connection (docs/PROTOCOL.md, "Session"). */
export interface HandshakeSide {
  /** The connection is there. */
  begin(): void;
  takeWake(): void;
  /**
   * A hello, from its first byte. An agreement when it completes one: the keys are then ours to use at once.
   * @throws ErrMalformed, ErrUnsupportedVersion, ErrInvalidKey
   */
  takeHello(hello: Uint8Array): Agreement | undefined;
  /** The connection ended: no further calls, and the ephemeral secret is wiped. */
  close(): void;
}

/** @throws ErrMalformed; ErrUnsupportedVersion when no version is common to both sides */
export function readHello(bytes: Uint8Array): Hello {
  const hello = decodeHello(bytes);
  if (agreedVersion(hello) !== undefined) return hello;
  const range = `${hello.minVersion} to ${hello.maxVersion}`;
  throw new ToxAsyncError(
    'ErrUnsupportedVersion',
    `The friend offers versions ${range}, which this build does not support. Update the older side.`,
  );
}
