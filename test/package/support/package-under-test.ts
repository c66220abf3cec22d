import path from 'node:path';
import { installPackage, packPackage } from '../../../scripts/support/packed-package';
import type { PackedPackage } from '../../../scripts/support/packed-package';
import { CACHE } from '../../../scripts/support/project';

const FOLDER = path.join(CACHE, 'package');

/** Node-RED's user directory with the package installed. */
export const USER_DIR = path.join(FOLDER, 'user-dir');

let packing: Promise<PackedPackage> | undefined;
let installing: Promise<string> | undefined;

/** The package as packed from dist/; packed once for all suites. */
export function packed(): Promise<PackedPackage> {
  packing ??= packPackage(FOLDER);
  return packing;
}

/** The folder of the installed package; installed once for all suites. */
export function installed(): Promise<string> {
  installing ??= packed().then(({ tarball }) => installPackage(tarball, USER_DIR));
  return installing;
}
