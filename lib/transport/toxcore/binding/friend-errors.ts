import { ToxAsyncError } from '../../../errors';

export const NO_ERROR = 0;
/** Tox_Err_Friend_Add. */
const TOO_LONG = 2;
const NO_MESSAGE = 3;
const OWN_KEY = 4;
const ALREADY_A_FRIEND = 5;
const BAD_CHECKSUM = 6;
const OTHER_NOSPAM_NOW = 7;

/** What tox_friend_add and tox_friend_add_norequest mean; undefined when the friend is one now. */
export function addError(error: number): ToxAsyncError | undefined {
  switch (error) {
    case NO_ERROR:
    case ALREADY_A_FRIEND:
    case OTHER_NOSPAM_NOW:
      return undefined;
    case TOO_LONG:
    case NO_MESSAGE:
      return new ToxAsyncError(
        'ErrInvalidArgument',
        'A friend request must have a text of 1 to 1016 bytes of UTF-8. Change it.',
      );
    case OWN_KEY:
      return new ToxAsyncError(
        'ErrInvalidRecipient',
        'This is our own Tox ID. Use the Tox ID of the friend.',
      );
    case BAD_CHECKSUM:
      return new ToxAsyncError(
        'ErrInvalidKey',
        'libtoxcore does not accept this key. Copy the Tox ID again.',
      );
    default:
      return new ToxAsyncError('ErrTransport', `libtoxcore could not add the friend (${error}).`);
  }
}
