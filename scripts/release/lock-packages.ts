import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/project';

/** A package that package-lock.json names. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Installed with ours; else only in a clone. */
  readonly ships: boolean;
}

/** Packages that say their licence where npm does not look: in a list, under another name, or in a file. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  '@seald-io/binary-search-tree': 'MIT',
  busboy: 'MIT',
  'cli-table': 'MIT',
  'passport-http-bearer': 'MIT',
  'passport-oauth2-client-password': 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
  'qrcode-terminal': 'Apache-2.0',
  streamsearch: 'MIT',
};

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly license?: string; readonly dev?: true }>
  >;
}

/**
 * All packages of the lock file but ours, by name and version, each once.
 * @throws Error one whose licence nobody knows
 */
export function lockPackages(): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const found = new Map<string, LockedPackage>();
  for (const [place, { version, license, dev }] of Object.entries(packages)) {
    if (place === '') continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = license ?? SAID_ELSEWHERE[name];
    if (licence === undefined) {
      throw new Error(
        `${name} ${version} does not say its licence. Look for it, and add it to ${__filename}.`,
      );
    }
    const id = `${name}@${version}`;
    const ships = dev !== true || found.get(id)?.ships === true;
    found.set(id, { name, version, licence, ships });
  }
  return [...found.values()].sort((a, b) => order(a.name, b.name) || order(a.version, b.version));
}

/** By the bytes, so that every machine has one order. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
