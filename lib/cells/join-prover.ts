import { readUtf8 } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Clock } from '../platform/clock';
import type { Disk } from '../platform/disk';
import type { PublicKey } from '../types';
import { isJoinText, type JoinToken, provesToken, readJoinTokens } from './join-token';

/** What reads tokens, and compares them. */
export interface JoinProverComponents {
  readonly crypto: CryptoProvider;
  readonly clock: Pick<Clock, 'wall'>;
  readonly disk: Pick<Disk, 'readFile'>;
}

/** Where tokens come from. */
export interface JoinTokenSources {
  readonly tokens: readonly JoinToken[];
  /** Absolute path of a file of more (`readJoinTokens`). It is read for each request, so a change needs no restart. */
  readonly file?: string;
}

/**
 * Says whether a friend request proves a token that holds now, for FriendAdmission.
 * The function throws ErrInvalidArgument (a line of the file, or no such file), ErrStore (the file cannot be read).
 */
export function joinProver(
  { crypto, clock, disk }: JoinProverComponents,
  { tokens, file }: JoinTokenSources,
): (requester: PublicKey, text: string) => Promise<boolean> {
  return async (requester, text) => {
    if (!isJoinText(text)) return false;
    const more = file === undefined ? [] : await tokensIn(disk, file);
    return provesToken(crypto, text, requester, [...tokens, ...more], clock.wall());
  };
}

async function tokensIn(disk: Pick<Disk, 'readFile'>, file: string): Promise<JoinToken[]> {
  const bytes = await disk.readFile(file).catch((cause: unknown) => {
    throw new ToxAsyncError('ErrStore', `The join tokens in ${file} cannot be read.`, { cause });
  });
  const text = bytes && readUtf8(bytes);
  if (text !== undefined) return readJoinTokens(text);
  const why = bytes === undefined ? 'does not exist' : 'is not text';
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `The file of join tokens ${file} ${why}. Choose another file, or none.`,
  );
}
