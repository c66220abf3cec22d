import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Random } from '../platform/random';
import { fromRfc3339 } from '../protocol/spec/rfc3339';
import type { PublicKey } from '../types';

const PREFIX = 'join:';
const PROOF_BYTES = 16;
const TOKEN_BYTES = { least: 16, most: 64, made: 24 };

/** A secret by which devices may join; with an end, Unix milliseconds of the wall clock, if it has one. */
export interface JoinToken {
  /** 16 to 64 bytes. */
  readonly token: Uint8Array;
  readonly until?: number;
}

/** A new token, 24 bytes, as a text for people and files. */
export function makeJoinToken(random: Random): string {
  return Buffer.from(random.bytes(TOKEN_BYTES.made)).toString('base64url');
}

/** The bytes of a token that `makeJoinToken` made. @throws ErrInvalidArgument, without the token */
export function readJoinToken(text: string): Uint8Array {
  const token = new Uint8Array(Buffer.from(text, 'base64url'));
  if (Buffer.from(token).toString('base64url') !== text) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'A join token has letters, digits, - and _ only. Copy it again, or make one with "tox-async cell token".',
    );
  }
  assertTokenLength(token);
  return token;
}

/**
 * Tokens from a text, one a line or with semicolons between them, each with the date until which it holds, if it ends:
 * `TOKEN 2027-03-01`, or with a time, `TOKEN 2027-03-01T12:00:00Z`. Blank lines, and what follows `#`, are nothing.
 * @throws ErrInvalidArgument names its place, and no token
 */
export function readJoinTokens(text: string): JoinToken[] {
  const entries = text
    .replaceAll(/#.*/g, '')
    .split(/[\n;]/)
    .map((entry) => entry.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
  return entries.map(([token = '', date, ...more], index) => {
    try {
      const until = date === undefined ? undefined : readEnd(date);
      if (more.length > 0) throw wrongEnd();
      return { token: readJoinToken(token), ...(until !== undefined && { until }) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ToxAsyncError('ErrInvalidArgument', `Join token ${index + 1}: ${why}`);
    }
  });
}

/** Unix milliseconds. A date alone is its first moment, in UTC. @throws ErrInvalidArgument */
function readEnd(date: string): number {
  const seconds = fromRfc3339(date) ?? fromRfc3339(`${date}T00:00:00Z`);
  if (seconds === undefined) throw wrongEnd();
  return seconds * 1000;
}

function wrongEnd(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'After a token comes a date such as 2027-03-01 or 2027-03-01T12:00:00Z, or nothing.',
  );
}

/** @throws ErrInvalidArgument, or what `wrong` makes of the reason */
export function assertTokenLength(
  { length }: Uint8Array,
  wrong = (why: string) => new ToxAsyncError('ErrInvalidArgument', `This token cannot be used: ${why}.`),
): void {
  const { least, most } = TOKEN_BYTES;
  if (length < least || length > most) {
    throw wrong(`the token has ${length} bytes, and ${least} to ${most} are allowed`);
  }
}

/** Whether a friend request wants to join by a token. */
export function isJoinText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/**
 * What a friend request says that joins by a token: `join:` + base64url(HMAC-SHA-256(token, requester's key)[:16]). It
 * holds for that key alone, so whoever hears it gains nothing.
 */
export function joinText(crypto: CryptoProvider, token: Uint8Array, requester: PublicKey): string {
  return PREFIX + urlText(proofOf(crypto, token, requester));
}

/** Whether a token holds at `now`, Unix milliseconds. */
export function joinTokenHolds({ until = Infinity }: JoinToken, now: number): boolean {
  return now < until;
}

/** Whether `text`, from this requester, proves one of the tokens that hold at `now`, Unix milliseconds. */
export function provesToken(
  crypto: CryptoProvider,
  text: string,
  requester: PublicKey,
  tokens: readonly JoinToken[],
  now: number,
): boolean {
  if (!isJoinText(text)) return false;
  const said = new TextEncoder().encode(text.slice(PREFIX.length));
  // All are tried, so that the time it takes does not say which.
  const proven = tokens.filter((each) => {
    const proof = new TextEncoder().encode(urlText(proofOf(crypto, each.token, requester)));
    return crypto.equal(proof, said) && joinTokenHolds(each, now);
  });
  return proven.length > 0;
}

function proofOf(crypto: CryptoProvider, token: Uint8Array, requester: PublicKey): Uint8Array {
  return crypto.hmacSha256(token, requester).slice(0, PROOF_BYTES);
}

function urlText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
