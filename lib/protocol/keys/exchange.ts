import { concat, sameBytes } from '../../bytes';
import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import { checkPublicKey, isAcceptablePublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import type { KeyPair, PublicKey } from '../../types';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import {
  MAX_BATCH_KEYS,
  readBatch,
  readKeys,
  readValid,
  SEED_BYTES,
  writeBatch,
  writeKeys,
  writeValid,
  type ListedKey,
} from './key-list';

export { keyListHash } from './key-list';

/**
 * One batch of one-time keys for one peer (docs/PROTOCOL.md, "Exchange"): version 1 | flags 1 | from 32 | to 32 |
 * batch 3 | valid 4 | timestamp 8 | seed 32 | count 1 | count x (index 1 | public 32) | HMAC-SHA-256 32. The seed makes
 * it confidential: nobody but these two may ever read it.
 */

const VERSION = 1;
const MAC_BYTES = 32;

export interface Exchange {
  /** Whose keys these are. */
  readonly from: PublicKey;
  /** Who may seal to them. */
  readonly to: PublicKey;
  /** 24 random bits, never 0. */
  readonly batch: number;
  /** Seconds for which they may be used, counted from when the holder takes them; at least 1. */
  readonly valid: number;
  /** Unix seconds, 0 = no clock; for display. */
  readonly timestamp: number;
  /** 32 secret bytes, of this batch alone: each key's own secret is made of them. */
  readonly seed: Uint8Array;
  /** 1..104 keys, indexes rising. */
  readonly keys: readonly ListedKey[];
}

export type ExchangeInput = Omit<Exchange, 'from'> & { readonly from: KeyPair };

/** @throws ErrInvalidArgument, ErrInvalidKey when `to` or a one-time key is not acceptable or our own */
export function encodeExchange(crypto: CryptoProvider, input: ExchangeInput): Uint8Array {
  const { from, to, batch, valid, timestamp, seed, keys } = input;
  checkPublicKey(to, 'The peer', from.publicKey);
  for (const { publicKey } of keys) checkPublicKey(publicKey, 'A one-time key', from.publicKey, to);
  if (keys.length === 0 || keys.length > MAX_BATCH_KEYS) {
    throw new ToxAsyncError('ErrInvalidArgument', `An exchange must have 1 to ${MAX_BATCH_KEYS} keys.`);
  }
  const w = new ByteWriter('exchange').u8(VERSION).u8(0).fixed(from.publicKey, 32).fixed(to, 32);
  writeBatch(w, batch);
  writeValid(w, valid);
  w.timestamp(timestamp).fixed(seed, SEED_BYTES).count(keys, MAX_BATCH_KEYS);
  writeKeys(w, keys);
  const body = w.done();
  const key = macKey(crypto, from, to, { from: from.publicKey, to });
  const mac = crypto.hmacSha256(key, body);
  crypto.wipe(key);
  const exchange = concat(body, mac);
  crypto.wipe(body);
  return exchange;
}

/**
 * Reads the form only: see verifyExchange for who made it, and the holder judges the keys. The seed is a copy, for the
 * caller to wipe.
 * @throws ErrMalformed
 */
export function decodeExchange(bytes: Uint8Array): Exchange {
  const r = new ByteReader(bytes, 'exchange');
  const version = r.u8();
  if (version !== VERSION) throw r.bad(`its version is ${version}`);
  const flags = r.u8();
  if (flags !== 0) throw r.bad(`its flags are ${flags}`);
  const from = r.bytes(32);
  const to = r.bytes(32);
  const batch = readBatch(r);
  const valid = readValid(r);
  const timestamp = r.timestamp();
  const seed = r.bytes(SEED_BYTES);
  const count = r.count(MAX_BATCH_KEYS);
  if (count === 0) throw r.bad('it has no keys');
  const keys = readKeys(r, count);
  r.bytes(MAC_BYTES);
  r.end();
  return { from, to, batch, valid, timestamp, seed, keys };
}

/**
 * True when the identity that the exchange names made it for `to` (or `to` did: the MAC proves one of the two).
 * @throws ErrMalformed
 */
export function verifyExchange(crypto: CryptoProvider, bytes: Uint8Array, to: KeyPair): boolean {
  const exchange = decodeExchange(bytes);
  const { from } = exchange;
  if (!sameBytes(exchange.to, to.publicKey) || sameBytes(from, to.publicKey)) return false;
  if (!isAcceptablePublicKey(from)) return false;
  const key = macKey(crypto, to, from, exchange);
  const mac = crypto.hmacSha256(key, bytes.subarray(0, -MAC_BYTES));
  crypto.wipe(key);
  return crypto.equal(mac, bytes.subarray(-MAC_BYTES));
}

/** H("exchange-mac", X(from, to), from, to) */
function macKey(
  crypto: CryptoProvider,
  own: KeyPair,
  peer: PublicKey,
  names: { readonly from: PublicKey; readonly to: PublicKey },
): Uint8Array {
  const shared = crypto.sharedSecret(own.secretKey, peer);
  const key = labelledHash(crypto, 'exchange-mac', shared, names.from, names.to);
  crypto.wipe(shared);
  return key;
}
