import { ToxAsyncError } from '../../../errors';
import { bindEvents } from './event-functions';
import { bindFriends } from './friend-functions';
import type { CFunctions } from './library-loader';
import { bindSelf } from './self-functions';

/** The oldest release that has everything used here, and the same binary interface until the next minor one. */
const MINOR = 2;
const OLDEST_PATCH = 18;

/** @throws ErrUnsupportedVersion */
export function checkVersion(major: number, minor: number, patch: number): void {
  if (major === 0 && minor === MINOR && patch >= OLDEST_PATCH) return;
  throw new ToxAsyncError(
    'ErrUnsupportedVersion',
    `The installed libtoxcore is ${major}.${minor}.${patch}; this package needs 0.${MINOR}.${OLDEST_PATCH} or a later ` +
      `0.${MINOR}. Install that version (Debian 12: "apt install libtoxcore2").`,
  );
}

export type ToxFunctions = ReturnType<typeof bindFunctions>;

/**
 * The functions of libtoxcore that this project uses.
 * @throws ErrMissingLibrary (it is another library), ErrUnsupportedVersion
 */
export function bindFunctions(library: CFunctions) {
  checkVersion(...versionOf(library));
  try {
    return { ...bindSelf(library), ...bindFriends(library), ...bindEvents(library) };
  } catch (cause) {
    throw new ToxAsyncError(
      'ErrUnsupportedVersion',
      'The installed libtoxcore lacks a function that this package uses. Install libtoxcore 0.2.18.',
      { cause },
    );
  }
}

/** Major, minor and patch. @throws ErrMissingLibrary when the library is not libtoxcore */
export function versionOf(library: CFunctions): [major: number, minor: number, patch: number] {
  try {
    const part = (name: string) => (library.func(`uint32_t tox_version_${name}()`) as () => number)();
    return [part('major'), part('minor'), part('patch')];
  } catch (cause) {
    throw new ToxAsyncError('ErrMissingLibrary', 'The library that was found is not libtoxcore.', { cause });
  }
}
