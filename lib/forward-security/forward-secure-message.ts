import type { ForwardSecureMessageFields } from '../protocol/spec/spec-json';
import type { PublicKey } from '../types';
import type { KeyUse } from './key-limits';

/**
 * The specification's ForwardSecureMessage (docs/SPECIFICATION.md#forwardsecuremessage-structure), of which only
 * `envelope` travels.
 */
export interface ForwardSecureMessage extends ForwardSecureMessageFields {
  readonly envelope: Uint8Array;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
}

/** An envelope that opened. */
export interface DecryptedMessage {
  readonly messageId: Uint8Array;
  readonly senderPk: PublicKey;
  readonly preKeyId: number;
  readonly messageType: number;
  readonly data: Uint8Array;
  readonly timestamp: number;
  /** Seconds from acceptance. */
  readonly lifetime: number;
}

export interface SealRequest {
  readonly recipientPk: PublicKey;
  readonly data: Uint8Array;
  readonly type: number;
  readonly messageId: Uint8Array;
  readonly lifetime: number;
  /** Unix seconds, 0 without a clock. */
  readonly timestamp: number;
  /** 'sendable' by default. */
  readonly use?: KeyUse;
}
