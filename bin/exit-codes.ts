import { ToxAsyncError, type ErrorCode } from '../lib/index';

/** What a command ends with, by kind of failure; the numbers of sysexits.h (docs/COMMAND.md). */
export const EXIT = {
  ok: 0,
  /** The command line is wrong. */
  usage: 64,
  /** What was given cannot be used: a key, a Tox ID, a message, a profile. */
  data: 65,
  /** A file that was named is not there. */
  noInput: 66,
  /** No friend has this name. */
  noFriend: 67,
  /** The network cannot be used, or the message ended without being delivered. */
  unavailable: 69,
  /** A fault of the program. */
  software: 70,
  /** Something is there already. */
  cannotCreate: 73,
  /** The disk, or what lies on it. */
  disk: 74,
  /** Not now: the time was over, or something is in use or full. What was accepted waits. */
  later: 75,
  /** The passphrase is missing or wrong. */
  noPermission: 77,
  /** There is no session yet, or a setting is wrong. */
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Partial<Record<ErrorCode, ExitCode>> = {
  ErrInvalidRecipient: EXIT.data,
  ErrInvalidKey: EXIT.data,
  ErrInvalidToxId: EXIT.data,
  ErrInvalidArgument: EXIT.usage,
  ErrNotConfigured: EXIT.config,
  ErrForeignDirectory: EXIT.config,
  ErrIdentityMismatch: EXIT.cannotCreate,
  ErrIdentityFile: EXIT.data,
  ErrMessageNotFound: EXIT.data,
  ErrPayload: EXIT.data,
  ErrMalformed: EXIT.data,
  ErrMessageEmpty: EXIT.data,
  ErrMessageTooLarge: EXIT.data,
  ErrUnknownFriend: EXIT.noFriend,
  ErrAmbiguousFriend: EXIT.noFriend,
  ErrPassphrase: EXIT.noPermission,
  ErrMissingLibrary: EXIT.unavailable,
  ErrTransport: EXIT.unavailable,
  ErrProxy: EXIT.unavailable,
  ErrPortInUse: EXIT.unavailable,
  ErrUnsupportedVersion: EXIT.unavailable,
  ErrLocalStorageFull: EXIT.disk,
  ErrStore: EXIT.disk,
  ErrDirectoryReplaced: EXIT.disk,
};

/** Of an error of the family; what is not listed may be better another time. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Failure) return error.exitCode;
  if (!ToxAsyncError.is(error)) return EXIT.software;
  return BY_CODE[error.code] ?? EXIT.later;
}

/** A failure of the command itself, for the user to read. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
