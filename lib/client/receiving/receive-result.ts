import type { CodeWord } from '../../protocol/codes';
import type { PublicKey } from '../../types';
import type { ReceiptCode } from '../../protocol/codes';
import type { TagTombstone } from '../journal/tombstones';

/** Where an envelope came from: the friend itself, or a storage node. */
export type Origin =
  { readonly via: 'direct'; readonly peer: PublicKey } | { readonly via: 'stored'; readonly node: PublicKey };

/** Codes of an answer to `deliver`. */
export type ReceiveCode = Extract<
  CodeWord,
  | 'ok'
  | 'known'
  | 'unknown-tag'
  | 'forged'
  | 'malformed'
  | 'unsupported'
  | 'busy'
  | 'bad-request'
  | 'not-yours'
>;

export interface Received {
  readonly code: ReceiveCode | 'incomplete';
  /** With 'unknown-tag': this data directory never saw the key used, so another copy of it may have issued it. */
  readonly unheardOf?: true;
  /** With 'busy': whose message it is, and for how many bytes there is no room. */
  readonly turnedAway?: { readonly sender: PublicKey; readonly bytes: number };
  /** Whom the message is from and which it is, once the envelope opened. */
  readonly message?: {
    readonly sender: PublicKey;
    readonly messageId: Uint8Array;
    readonly receipt: ReceiptCode;
    /** It is a large one: the answer to a piece is not its receipt, which goes out by itself. */
    readonly isLarge?: true;
  };
}

/** The answer to something that was consumed before. */
export function answer({ sender, messageId, code, silent, large }: TagTombstone): Received {
  if (large === 'chunk') return { code: 'known' };
  const known = code === 'ok' ? 'known' : code;
  if (silent) return { code: known };
  return {
    code: known,
    message: { sender, messageId, receipt: code, ...(large ? { isLarge: true } : {}) },
  };
}
