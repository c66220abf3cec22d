import assert from 'node:assert/strict';
import { concat, utf8 } from '../../../../lib/bytes';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { ToxAsyncError, type ErrorCode } from '../../../../lib/errors';
import type { KeyPair } from '../../../../lib/types';
import { portable, PROVIDERS } from '../../crypto/support/providers';

export { bytes } from '../../../../lib/testing/crypto/known-answers';
export { portable, PROVIDERS };

/** The faster one: what both do alike is tested with both elsewhere. */
export const crypto: CryptoProvider = PROVIDERS.at(-1) ?? portable;

/** The pair whose secret is SHA-256 of a name, as in the check values; fresh, because some calls wipe it. */
export function pair(name: string, provider: CryptoProvider = crypto): KeyPair {
  return provider.keyPairFromSecret(provider.sha256(utf8(name)));
}

export const S = pair('sender identity');
export const R = pair('recipient identity');
export const P = pair('pre-key');
/** The secret of P that its owner R and its holder S share. */
export const Q = crypto.sha256(utf8('key secret'));
export const ephemeral = () => pair('ephemeral');
export const MESSAGE_ID = crypto.sha256(utf8('message id'));

export function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** `run` throws a ToxAsyncError of this code, with a sentence for people. */
export function throwsCode(run: () => unknown, code: ErrorCode, message?: string): void {
  assert.throws(
    run,
    (error) => {
      assert.ok(ToxAsyncError.is(error), String(error));
      assert.equal(error.code, code);
      assert.match(error.message, /^[A-Z0-9].*\.$/);
      return true;
    },
    message,
  );
}

/** The same bytes with one bit changed. */
export function flip(value: Uint8Array, bit: number): Uint8Array {
  const changed = value.slice();
  const at = bit >> 3;
  changed[at] = changed[at]! ^ (1 << (bit & 7));
  return changed;
}

/** The same bytes with others at `offset`. */
export function patch(value: Uint8Array, offset: number, part: Uint8Array | readonly number[]): Uint8Array {
  const changed = value.slice();
  changed.set(part, offset);
  return changed;
}

/** A provider that remembers what it made and was given, so that a test can see what was wiped. */
export function watching(provider: CryptoProvider = crypto) {
  const seen = { shared: [] as Uint8Array[], hashes: [] as Uint8Array[], plains: [] as Uint8Array[] };
  const opened: Uint8Array[] = [];
  /** Keys of secretboxes. */
  const boxKeys: Uint8Array[] = [];
  const keep = <T extends Uint8Array | undefined>(list: Uint8Array[], value: T): T => {
    if (value !== undefined) list.push(value);
    return value;
  };
  const watched: CryptoProvider = {
    ...provider,
    sharedSecret: (...args) => keep(seen.shared, provider.sharedSecret(...args)),
    sha256: (...args) => keep(seen.hashes, provider.sha256(...args)),
    box: (plain, ...rest) => provider.box(keep(seen.plains, plain), ...rest),
    secretbox: (plain, nonce, key, ...rest) =>
      provider.secretbox(keep(seen.plains, plain), nonce, keep(boxKeys, key), ...rest),
    openBox: (...args) => keep(opened, provider.openBox(...args)),
    openSecretbox: (boxed, nonce, key, ...rest) =>
      keep(opened, provider.openSecretbox(boxed, nonce, keep(boxKeys, key), ...rest)),
  };
  return { crypto: watched, ...seen, opened, boxKeys };
}

export function isWiped(value: Uint8Array | undefined): boolean {
  return value?.every((byte) => byte === 0) === true;
}

export interface EnvelopeParts {
  readonly version?: number;
  readonly mailbox?: Uint8Array;
  readonly tag?: Uint8Array;
  /** Public half that the header names. */
  readonly ephemeral?: Uint8Array;
  /** Whom the nonces name as sender; whose secret makes the inner box. */
  readonly namedSender?: Uint8Array;
  readonly innerSecret?: Uint8Array;
  readonly keySecret?: Uint8Array;
  readonly timestamp?: Uint8Array;
  readonly lifetime?: number;
  readonly type?: number;
  readonly data?: Uint8Array;
  readonly plain?: Uint8Array;
  readonly innerLength?: number;
  readonly bucket?: number;
  readonly padding?: (padding: Uint8Array) => Uint8Array;
}

/** An envelope from S to R's key P written from the text of docs/PROTOCOL.md, every part of it changeable. */
export function handmadeEnvelope(parts: EnvelopeParts = {}): Uint8Array {
  const u32 = (n: number) => new Uint8Array([n >>> 24, n >>> 16, n >>> 8, n]);
  const u16 = (n: number) => new Uint8Array([n >> 8, n]);
  const e = ephemeral();
  const data = parts.data ?? utf8('leak');
  const plain = parts.plain ?? concat(new Uint8Array([parts.type ?? 0]), u16(data.length), data);
  const header = concat(
    new Uint8Array([parts.version ?? 1]),
    parts.mailbox ?? labelledHash(crypto, 'mailbox', R.publicKey),
    parts.tag ?? labelledHash(crypto, 'prekey-tag', P.publicKey).subarray(0, 16),
    parts.ephemeral ?? e.publicKey,
  );
  const sender = parts.namedSender ?? S.publicKey;
  const n = labelledHash(crypto, 'outer-nonce', header, sender, R.publicKey, P.publicKey);
  const timestamp = parts.timestamp ?? concat(u32(0), u32(1764000000));
  const fields = concat(MESSAGE_ID, timestamp, u32(parts.lifetime ?? 604800));
  const innerNonce = labelledHash(crypto, 'inner-nonce', n, fields).subarray(0, 24);
  const inner = crypto.box(plain, innerNonce, P.publicKey, parts.innerSecret ?? S.secretKey);
  const bucket = parts.bucket ?? [128, 384, 1152, 1375].find((size) => plain.length <= size) ?? 0;
  const zeros = new Uint8Array(bucket - plain.length);
  const padding = parts.padding?.(zeros) ?? zeros;
  const content = concat(fields, u16(parts.innerLength ?? inner.length), inner, padding);
  const shared = crypto.sharedSecret(e.secretKey, P.publicKey);
  const outer = labelledHash(crypto, 'outer-key', shared, parts.keySecret ?? Q);
  return concat(header, crypto.secretbox(content, n.subarray(0, 24), outer));
}
