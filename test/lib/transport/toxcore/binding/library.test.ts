import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { loadLibrary, type CFunctions } from '../../../../../lib/transport/toxcore/binding/library-loader';
import { bindFunctions } from '../../../../../lib/transport/toxcore/binding/tox-functions';

/** A library that says its version and has every other function too, or lacks one. */
function libraryOf(version: readonly number[], lacking?: string): CFunctions {
  const func = (prototype: string) => {
    if (lacking !== undefined && prototype.includes(lacking)) throw new Error(`no such function: ${lacking}`);
    const part = ['major', 'minor', 'patch'].findIndex((name) => prototype.includes(`tox_version_${name}`));
    return () => version[part] ?? 0;
  };
  return { func };
}

const fails = (code: 'ErrMissingLibrary' | 'ErrUnsupportedVersion', text: RegExp) => (error: unknown) =>
  ToxAsyncError.is(error, code) && text.test(error.message);

describe('the library behind the real network', () => {
  it('is named with the package to install when it is missing', () => {
    assert.throws(
      () => loadLibrary('/no/such/libtoxcore.so'),
      fails(
        'ErrMissingLibrary',
        /apt install libtoxcore2.*Everything except mode libtoxcore works without it/,
      ),
    );
  });

  it('is not just any file', () => {
    assert.throws(() => loadLibrary(__filename), fails('ErrMissingLibrary', /cannot be loaded/));
  });

  it('is not just any library', () => {
    assert.throws(
      () => bindFunctions(libraryOf([0, 2, 18], 'tox_version_major')),
      fails('ErrMissingLibrary', /not libtoxcore/),
    );
  });

  for (const version of [
    [1, 0, 0],
    [0, 3, 0],
    [0, 1, 11],
    [0, 2, 17],
  ]) {
    it(`is refused in version ${version.join('.')}, with the version to install`, () => {
      const text = new RegExp(
        `libtoxcore is ${version.join('\\.')}; this package needs 0\\.2\\.18 or a later 0\\.2`,
      );
      assert.throws(() => bindFunctions(libraryOf(version)), fails('ErrUnsupportedVersion', text));
    });
  }

  it('is taken from version 0.2.18 on, as long as the binary interface is the same', () => {
    bindFunctions(libraryOf([0, 2, 18]));
    bindFunctions(libraryOf([0, 2, 20]));
  });

  it('is refused without one of the functions, whatever its version says', () => {
    assert.throws(
      () => bindFunctions(libraryOf([0, 2, 18], 'tox_events_iterate')),
      fails('ErrUnsupportedVersion', /lacks a function/),
    );
  });
});
