import type * as KoffiModule from 'koffi' with { 'resolution-mode': 'import' };
import { ToxAsyncError } from '../../../errors';

/** The package by which C functions are called. */
export type Koffi = typeof KoffiModule;
/** A loaded libtoxcore; `func` takes a C prototype. */
export type ToxLibrary = ReturnType<Koffi['load']>;
/** What makes functions of C prototypes, as a ToxLibrary does. */
export interface CFunctions {
  func(prototype: string): unknown;
}

/** Where libtoxcore's binary interface 2 is found, by system; the first that loads is taken. */
const NAMES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libtoxcore.so.2'],
  darwin: [
    'libtoxcore.2.dylib',
    '/opt/homebrew/lib/libtoxcore.2.dylib',
    '/usr/local/lib/libtoxcore.2.dylib',
    '/opt/local/lib/libtoxcore.2.dylib',
  ],
  win32: ['libtoxcore.dll', 'toxcore.dll'],
};

const HOW_TO_INSTALL =
  'Debian, Ubuntu and Raspberry Pi OS: "sudo apt install libtoxcore2"; Alpine: "apk add toxcore"; Arch: ' +
  '"pacman -S toxcore"; macOS: "brew install toxcore"; Windows: put libtoxcore.dll into a folder on the PATH. Then ' +
  'restart Node-RED. Everything except mode libtoxcore works without it.';

/**
 * @param file the library's file when the system does not find it by itself
 * @throws ErrMissingLibrary
 */
export function loadLibrary(file?: string): ToxLibrary {
  const koffi = loadKoffi();
  const names = file === undefined ? (NAMES[process.platform] ?? ['libtoxcore.so.2']) : [file];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  const where = file === undefined ? 'libtoxcore 0.2 is not installed' : `${file} cannot be loaded`;
  throw new ToxAsyncError('ErrMissingLibrary', `${where} (${reasons.join('; ')}). ${HOW_TO_INSTALL}`);
}

export function loadKoffi(): Koffi {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package: it may be missing
    return require('koffi') as Koffi;
  } catch (cause) {
    throw new ToxAsyncError(
      'ErrMissingLibrary',
      'The package koffi, which calls libtoxcore, is missing or has no binary for this machine. Install ' +
        'this package again without "--omit=optional".',
      { cause },
    );
  }
}
