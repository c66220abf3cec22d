/**
 * One family of errors. `code` is stable and is the error's name; the message tells the user what to do next
 * and never holds a secret, a plaintext or a whole key. Reasons and outcomes are words (types.ts), not errors.
 */

/** Code -> what it means. */
export const ERROR_CODES = {
  ErrMessageNotFound: 'This storage, or this outbox, has no such message.',
  ErrStorageFull: 'The storage node is full, or your share of it is used up.',
  ErrInvalidRecipient: 'The recipient is not a public key that can receive mail here.',
  ErrInvalidKey: 'A key has the wrong size or is not an acceptable Curve25519 key.',
  ErrInvalidToxId: 'A Tox ID has the wrong length or its checksum does not match.',
  ErrInvalidArgument: 'An argument has the wrong type, size or range.',
  ErrNotConfigured: 'A node has no session, or a setting that cannot be used.',
  ErrEnvironment: 'An environment variable that a setting names is not set.',
  ErrPayload: 'The payload has no form that would arrive as it was.',
  ErrMessageTooLarge:
    'A payload has more than MAX_PAYLOAD_SIZE bytes, or an ordinary Tox message more than MAX_MESSAGE_SIZE.',
  ErrMessageExpired: 'The message has expired.',
  ErrMessageEmpty: 'The message is empty.',
  ErrUnknownFriend: 'No friend of this session has this name or key.',
  ErrAmbiguousFriend: 'More than one friend has this name.',
  ErrNoPreKeys: 'No one-time keys for this friend are left.',
  ErrNoSession: 'The packet did not arrive within a session with its sender.',
  ErrOutboxFull: 'The outbox has no room for another message to this friend.',
  ErrMalformed: 'The data is malformed.',
  ErrUnsupportedVersion: 'This build does not know this version.',
  ErrForged: 'A box does not open, or was not made by the sender it names.',
  ErrUnknownTag: 'No live one-time key has this tag.',
  ErrNotYours: 'The envelope is for another mailbox.',
  ErrRateLimited: 'Too many requests in a short time.',
  ErrRefused: 'The peer refused the request.',
  ErrTimeout: 'The peer did not answer in time.',
  ErrNotConnected: 'The peer or the network is not connected.',
  ErrTransportAttached: 'A transport is already attached to this session.',
  ErrTransport: 'The transport failed.',
  ErrIdentityInUse: 'Another process or node is using this data directory or identity.',
  ErrIdentityMismatch: 'The given identity is not the one in this data directory.',
  ErrIdentityFile: 'The identity file cannot be read.',
  ErrPassphrase: 'The passphrase is missing or wrong.',
  ErrLocalStorageFull: 'The disk is full or nearly full.',
  ErrStore: 'The local store failed or is damaged.',
  ErrDatabase: 'The database that keeps mail for others does not answer or cannot be used.',
  ErrDirectoryReplaced: 'The data directory was deleted or replaced while in use.',
  ErrForeignDirectory: 'The directory holds something other than this store.',
  ErrClosed: 'The object is closed.',
  ErrPortInUse: 'None of the allowed ports is free.',
  ErrProxy: 'The proxy does not answer or cannot be used.',
  ErrMissingLibrary: 'A library that this feature needs is not installed.',
} as const;

/** The code, and the name, of an error of this family. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The base and only class; narrow with `ToxAsyncError.is(error, code)`. */
export class ToxAsyncError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ToxAsyncError';
    this.code = code;
  }

  /** True when `error` is of this family and, when given, has one of `codes`. */
  static is(error: unknown, ...codes: ErrorCode[]): error is ToxAsyncError {
    return error instanceof ToxAsyncError && (codes.length === 0 || codes.includes(error.code));
  }
}

/** `error` as one of ours: itself, or wrapped with its message under `code`. */
export function asToxAsyncError(error: unknown, code: ErrorCode): ToxAsyncError {
  if (error instanceof ToxAsyncError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ToxAsyncError(code, text, { cause: error });
}
