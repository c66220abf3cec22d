/**
 * The vocabulary shared by every layer. A key on a border is always a 32-byte Uint8Array; a function that
 * receives one from outside checks it (crypto/public-key.ts) before use.
 */

/** Curve25519 public key, 32 bytes. */
export type PublicKey = Uint8Array;

/** A long-term identity or one-time key pair. `secretKey` is 32 bytes and never leaves the process. */
export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly secretKey: Uint8Array;
}

/** How a message reached us: from a storage node, from the friend itself, or as an ordinary Tox message. */
export type Via = 'stored' | 'direct' | 'tox';

/** What a queued message waits for; kebab-case words, never errors (docs/PROTOCOL.md). */
export type QueuedReason =
  'no-transport' | 'not-connected' | 'no-storage-node' | 'no-prekeys' | 'refused' | 'plain-client';

/** Names of outcomes, in the order in which they can happen; 'queued' comes when the reason changes. */
export type OutcomeState =
  'queued' | 'stored' | 'overdue' | 'delivered' | 'unconfirmed' | 'expired' | 'cancelled' | 'failed';

/** Whom this session stores mail for. */
export type StorageRole = 'friends' | 'everyone' | 'off';

/** Receives what a person running a flow may want to see; never a secret or a plaintext. */
export interface Logger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** Says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
