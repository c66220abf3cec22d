import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import type { Timers } from '../platform/timers';
import type { SessionKeys } from '../protocol/session/handshake';
import { agreedVersion, type HelloFlags } from '../protocol/session/hello';
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
  /** The connection ended: no further calls, and the secrets of a hello that waits are wiped. */
  close(): void;
}

/** The hello itself. @throws ErrUnsupportedVersion when no version is common to both sides */
export function checkVersion<T extends { readonly minVersion: number; readonly maxVersion: number }>(
  hello: T,
): T {
  if (agreedVersion(hello) !== undefined) return hello;
  const range = `${hello.minVersion} to ${hello.maxVersion}`;
  throw new ToxAsyncError(
    'ErrUnsupportedVersion',
    `The friend offers versions ${range}, which this build does not support. Update the older side.`,
  );
}
